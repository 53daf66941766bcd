import { AwsError, type CommonError } from "../model/errors.ts";
import type { Member, Shape, StructureShape } from "./shapes.ts";

/** The parts of a request that Smithy's HTTP traits bind members to. */
export interface BoundRequest {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

type Direction = "request" | "response";

/** Shapes that serve in both directions carry the bindings of both: a response has no query, a request no status. */
function isBound({ traits }: Member, direction: Direction): boolean {
  if (traits.httpHeader !== undefined || traits.httpPrefixHeaders !== undefined || traits.httpPayload !== undefined) {
    return true;
  }
  return direction === "response"
    ? traits.httpResponseCode !== undefined
    : traits.httpQuery !== undefined || traits.httpQueryParams !== undefined || traits.httpLabel !== undefined;
}

/** The member that is the whole body, if the structure has one, and whether other members share a body document. */
export function bodyOf(
  shape: StructureShape,
  direction: Direction,
): {
  payload?: Member;
  inDocument: (member: Member) => boolean;
  hasDocument: boolean;
} {
  const payload = shape.members.find((member) => member.traits.httpPayload);
  return {
    ...(payload && { payload }),
    inDocument: (member) => !isBound(member, direction),
    hasDocument: !payload && shape.members.some((member) => !isBound(member, direction)),
  };
}

/** Members from labels, query and headers. */
export function readBindings(
  shape: StructureShape,
  request: BoundRequest,
  error: CommonError,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const member of shape.members) {
    const value = readBinding(member, request, error);
    if (value !== undefined) out[member.name] = value;
  }
  return out;
}

function readBinding(member: Member, { query, headers, labels }: BoundRequest, error: CommonError): unknown {
  const { traits, name } = member;
  const shape = member.shape();
  const one = (text: string, of: Shape = shape) =>
    readText(of, text, name, error, traits.httpHeader ? "http-date" : "date-time");
  if (traits.httpLabel) return labels[name] === undefined ? undefined : one(labels[name]);
  if (traits.httpHeader !== undefined) {
    const text = headers[traits.httpHeader.toLowerCase()];
    if (text === undefined) return undefined;
    return shape.kind === "list" ? text.split(",").map((item) => one(item.trim(), shape.element())) : one(text);
  }
  if (traits.httpQuery !== undefined) {
    const texts = query.getAll(traits.httpQuery);
    if (texts.length === 0) return undefined;
    return shape.kind === "list" ? texts.map((text) => one(text, shape.element())) : one(texts[0] ?? "");
  }
  if (traits.httpQueryParams) return Object.fromEntries(query);
  if (traits.httpPrefixHeaders !== undefined) {
    const prefix = traits.httpPrefixHeaders.toLowerCase();
    const found = Object.entries(headers).filter(([key]) => key.startsWith(prefix));
    return found.length === 0
      ? undefined
      : Object.fromEntries(found.map(([key, text]) => [key.slice(prefix.length), text]));
  }
  return undefined;
}

function readText(
  shape: Shape,
  text: string,
  name: string,
  error: CommonError,
  dates: "http-date" | "date-time",
): unknown {
  const fail = (): never => {
    throw new AwsError(error, `Invalid value for ${name}: ${text.slice(0, 200)}`);
  };
  switch (shape.kind) {
    case "number": {
      const value = Number(text);
      return text.trim() === "" || !Number.isFinite(value) ? fail() : value;
    }
    case "boolean":
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : fail();
    case "timestamp": {
      const seconds = /^\d+(\.\d+)?$/.test(text) && (shape.format === "epoch-seconds" || dates === "date-time");
      const date = new Date(seconds ? Number(text) * 1000 : text);
      return Number.isNaN(date.getTime()) ? fail() : date;
    }
    case "blob":
      return Buffer.from(text, "base64");
    default:
      return text;
  }
}

/** Sets the headers and the status that the output's members are bound to. */
export function writeBindings(
  shape: StructureShape,
  output: Readonly<Record<string, unknown>>,
  answer: { status: number; headers: Record<string, string> },
): void {
  for (const { name, traits, shape: of } of shape.members) {
    const value = output[name];
    if (value === undefined || value === null) continue;
    if (traits.httpHeader !== undefined) answer.headers[traits.httpHeader.toLowerCase()] = writeText(of(), value);
    else if (traits.httpPrefixHeaders !== undefined) {
      for (const [key, text] of Object.entries(value)) answer.headers[traits.httpPrefixHeaders + key] = String(text);
    } else if (traits.httpResponseCode) answer.status = Number(value);
  }
}

function writeText(shape: Shape, value: unknown): string {
  if (value instanceof Date) {
    if (shape.kind === "timestamp" && shape.format === "date-time") return value.toISOString();
    if (shape.kind === "timestamp" && shape.format === "epoch-seconds") return String(value.getTime() / 1000);
    return value.toUTCString();
  }
  if (Array.isArray(value)) return value.map(String).join(", ");
  return String(value);
}
