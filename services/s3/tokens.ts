import { fromToken, toToken } from "../../emulator/model/paging.ts";
import { invalidArgument } from "./errors.ts";

const MARK = "1";

/** The place where a listing goes on, as text that says nothing to the client. */
export const writeToken = (after: string): string => MARK + toToken(after);

/** @throws AwsError InvalidArgument for a token that is not ours */
export function readToken(token: string): string {
  const after = fromToken(token.slice(MARK.length));
  if (token === "" || writeToken(after) !== token) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token", undefined);
  }
  return after;
}
