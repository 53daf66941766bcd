import { printable } from "./text.ts";

/** An error whose message says all that the user needs. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** One clear line for an error; its stack as well with HEADWATER_DEBUG=1. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `Error: ${String(error)}`;
  if (process.env["HEADWATER_DEBUG"] === "1") return error.stack ?? error.message;
  const reason = error.message === "fetch failed" && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  const message = printable((error.message + reason).replaceAll(/\s*\n\s*/g, " ").trim());
  // Errors of services and of the system carry a code of their own that is worth a search.
  const isPlain = ["Error", "UserError", "CsvError", "NoAnswer", "NoaaError", "NotStored"].includes(error.name);
  return isPlain ? message : `${error.name}: ${message || "no message"}`;
}

/** The status of the answer that a call failed with; undefined where there was none. */
export const httpStatusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** Whether a call failed because nothing listens at the endpoint. `fetch` does not even try the ports it calls bad. */
export function isConnectionRefused(error: unknown): boolean {
  const { code, cause, errors, message } = error as Error & { code?: unknown; errors?: readonly unknown[] };
  if (code === "ECONNREFUSED" || message === "bad port") return true;
  return (cause ? isConnectionRefused(cause) : false) || (errors?.some(isConnectionRefused) ?? false);
}
