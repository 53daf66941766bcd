import type { Principal } from "../../../emulator/model/context.ts";
import { canonicalUser } from "../owner.ts";

/** A request as its record in a log tells of it; undefined: unknown, or nothing to tell. */
export interface LoggedRequest {
  readonly owner: string;
  readonly bucket: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly remoteIp: string | undefined;
  readonly requester: Principal | undefined;
  readonly requestId: string;
  readonly operation: string;
  readonly key?: string | undefined;
  /** `GET /bucket/key HTTP/1.1` */
  readonly requestLine?: string | undefined;
  readonly status: number;
  readonly errorCode?: string | undefined;
  readonly bytesSent?: number | undefined;
  readonly objectSize?: number | undefined;
  /** Milliseconds. */
  readonly totalTime?: number | undefined;
  readonly turnAroundTime?: number | undefined;
  readonly referer?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly versionId?: string | undefined;
  readonly signatureVersion?: "SigV2" | "SigV4" | undefined;
  readonly authenticationType?: "AuthHeader" | "QueryString" | undefined;
  readonly host?: string | undefined;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const NONE = "-";

/** `[06/Feb/2019:00:00:38 +0000]` */
function timeText(ms: number): string {
  const [date = "", time = ""] = new Date(ms).toISOString().split(/[T.]/);
  const [year, month, day] = date.split("-");
  return `[${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000]`;
}

const requesterOf = (principal: Principal | undefined): string => {
  if (!principal || principal.type === "anonymous") return NONE;
  return principal.type === "root" ? canonicalUser(principal.account).ID : principal.arn;
};

const quoted = (text: string | undefined): string => `"${text ?? NONE}"`;
const plain = (value: string | number | undefined): string => (value === undefined ? NONE : String(value));
/** A dash for none, and for zero. */
const bytes = (count: number | undefined): string => plain(count === 0 ? undefined : count);

const keyText = (key: string | undefined): string =>
  key === undefined ? NONE : encodeURIComponent(key).replaceAll("%2F", "/");

/**
 * One line of a log, without its end. There is no TLS here, no access point and no region that a request comes from.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
export const recordText = (logged: LoggedRequest): string =>
  [
    canonicalUser(logged.owner).ID,
    logged.bucket,
    timeText(logged.atMs),
    plain(logged.remoteIp),
    requesterOf(logged.requester),
    logged.requestId,
    logged.operation,
    keyText(logged.key),
    logged.requestLine === undefined ? NONE : quoted(logged.requestLine),
    logged.status,
    plain(logged.errorCode),
    bytes(logged.bytesSent),
    bytes(logged.objectSize),
    plain(logged.totalTime),
    plain(logged.turnAroundTime),
    quoted(logged.referer),
    quoted(logged.userAgent),
    plain(logged.versionId),
    Buffer.from(logged.requestId).toString("base64"),
    plain(logged.signatureVersion),
    NONE,
    plain(logged.authenticationType),
    plain(logged.host),
    NONE,
    NONE,
    NONE,
    NONE,
  ].join(" ");
