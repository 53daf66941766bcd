import type { AwsError } from "../../emulator/model/errors.ts";
import { fromToken, toToken } from "../../emulator/model/paging.ts";
import { invalidArgument } from "./errors.ts";

const MARK = "1";

/** The place where a listing goes on, as text that says nothing to the client. */
export const writeToken = (after: string): string => MARK + toToken(after);

const incorrect = () =>
  invalidArgument("The continuation token provided is incorrect", "continuation-token", undefined);

/** @throws AwsError what `invalid` makes for a token that is not ours: InvalidArgument unless said */
export function readToken(token: string, invalid: () => AwsError = incorrect): string {
  const after = fromToken(token.slice(MARK.length));
  if (token === "" || writeToken(after) !== token) throw invalid();
  return after;
}
