import { createHash } from "node:crypto";
import type { AwsError } from "../../../emulator/model/errors.ts";
import { parseItem, type Item } from "../attribute-value.ts";
import { validationError } from "../errors.ts";
import type { StatementInput } from "./statement.ts";

/** Where the reading of a statement goes on: in which of its ranges, and behind which key of it. */
export interface Progress {
  readonly range: number;
  readonly after: Item | undefined;
}

const invalidToken = (): AwsError => validationError("Invalid NextToken");

const identityOf = ({ Statement, Parameters }: StatementInput): string =>
  createHash("sha256")
    .update(JSON.stringify([Statement, Parameters ?? []]))
    .digest("base64url");

export const nextToken = (statement: StatementInput, { range, after }: Progress): string =>
  Buffer.from(JSON.stringify([identityOf(statement), range, after ?? null])).toString("base64url");

/** @throws AwsError ValidationException for what is no token, or one of another statement */
export function progressOf(statement: StatementInput, token: string | undefined): Progress {
  if (token === undefined) return { range: 0, after: undefined };
  const [identity, range, after] = read(token);
  if (typeof identity !== "string" || !Number.isSafeInteger(range) || (range as number) < 0) throw invalidToken();
  if (identity !== identityOf(statement)) throw validationError("NextToken does not match request");
  try {
    return { range: range as number, after: after === null ? undefined : parseItem(after as object) };
  } catch {
    throw invalidToken();
  }
}

function read(token: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parts)) return parts;
  } catch {
    // said below
  }
  throw invalidToken();
}
