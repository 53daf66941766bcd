import type { Emulator } from "../emulator.ts";
import type { Answer } from "../protocol/operation-codec.ts";
import type { Exchange } from "./exchange.ts";

/** As S3 words them, for whom these URLs stand. */
const REFUSALS = {
  forbidden: [403, "SignatureDoesNotMatch", "The request signature we calculated does not match."],
  expired: [403, "AccessDenied", "Request has expired"],
  missing: [404, "NoSuchKey", "The specified key does not exist."],
} as const;

/** Answers the URLs of `host.downloads`. */
export function download({ method, path, query }: Exchange, emulator: Emulator): Answer | undefined {
  const found = emulator.host.downloads.find(path, query);
  if (found === undefined) return undefined;
  if (method !== "GET") return { status: 405, headers: { allow: "GET" }, body: "" };
  if (typeof found === "string") {
    const [status, code, message] = REFUSALS[found];
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    return { status, headers: { "content-type": "application/xml" }, body };
  }
  const headers = { "content-type": "application/zip", "content-length": String(found.sizeBytes) };
  return { status: 200, headers, body: found.open() };
}
