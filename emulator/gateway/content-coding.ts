import { promisify } from "node:util";
import { deflate, gzip } from "node:zlib";

/** In the order in which "*" takes them. */
const CODINGS = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;
type Coding = keyof typeof CODINGS;

/**
 * The coding that a client takes best, of those that there are; undefined: none. What is read of `Accept-Encoding`, and what is made of
 * a weight that is none, is as DynamoDB has been seen to do it: `identity` says nothing, and what is named comes before "*".
 */
export function preferredCoding(accepted: string): Coding | undefined {
  const weights = new Map<Coding, number>();
  let other = 0;
  for (const part of accepted.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim());
    const weight = weightOf(parameters);
    if (name === "*") other = Math.max(other, weight);
    else if (isCoding(name)) weights.set(name, Math.max(weights.get(name) ?? 0, weight));
  }
  for (const coding of Object.keys(CODINGS).filter(isCoding)) if (!weights.has(coding)) weights.set(coding, other);
  const [best] = [...weights].toSorted(([, a], [, b]) => b - a);
  return best !== undefined && best[1] > 0 ? best[0] : undefined;
}

const isCoding = (name: string): name is Coding => Object.hasOwn(CODINGS, name);

function weightOf(parameters: readonly string[]): number {
  const given = parameters.map((text) => /^q\s*=\s*(.*)$/.exec(text)?.[1]).find((text) => text !== undefined);
  const weight = Number(given ?? 1);
  return Number.isNaN(weight) ? 1 : Math.min(Math.max(weight, 0), 1);
}

export const encode = (coding: Coding, body: string | Uint8Array): Promise<Buffer> => CODINGS[coding](body);
