import { hostName } from "../../../emulator/gateway/guard.ts";

/** What of a request names a stage of an API, and the path below it. */
export interface Address {
  readonly apiId: string;
  readonly stage: string;
  /** Below the stage, still percent-encoded, with its first slash. */
  readonly path: string;
  /** What stands before the stage in the path that clients see; empty for a host name of the API. */
  readonly isHost: boolean;
}

const USER_REQUEST = /^\/restapis\/([^/]+)\/([^/]+)\/_user_request_(\/.*)?$/s;
const EXECUTE_API_PATH = /^\/_aws\/execute-api\/([^/]+)\/([^/]+)(\/.*)?$/s;
const EXECUTE_API_HOST = /^([a-z0-9-]+)\.execute-api\./;
const STAGE = /^\/+([^/]*)(\/.*)?$/s;

/**
 * Finds out whether a request is for an API: `/restapis/{id}/{stage}/_user_request_/...`, `/_aws/execute-api/{id}/{stage}/...`, or
 * a host `{id}.execute-api.` of any domain that the emulator answers to.
 */
export function addressOf(path: string, headers: Readonly<Record<string, string>>): Address | undefined {
  const inPath = path.startsWith("/restapis/")
    ? USER_REQUEST.exec(path)
    : path.startsWith("/_aws/execute-api/")
      ? EXECUTE_API_PATH.exec(path)
      : null;
  if (inPath) {
    const [, apiId = "", stage = "", rest] = inPath;
    return { apiId, stage: decode(stage), path: rest ?? "/", isHost: false };
  }
  const host = headers[":authority"] ?? headers["host"] ?? "";
  if (!host.includes(".execute-api.")) return undefined;
  const apiId = EXECUTE_API_HOST.exec(hostName(host))?.[1];
  if (apiId === undefined) return undefined;
  const [, stage = "", rest] = STAGE.exec(path) ?? [];
  return { apiId, stage: decode(stage), path: rest ?? "/", isHost: true };
}

/** Percent-encoding that is not well-formed stands for itself. */
export function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const decodeAll = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, decode(text)]));

/** Half of a surrogate pair, which JSON may hold and UTF-8 may not, stands as U+FFFD. */
export const encode = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Cs}/gu, "\ufffd"));
