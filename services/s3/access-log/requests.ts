import type { AnsweredRequest } from "../../../emulator/model/service.ts";
import { isPresigned, isPresignedV2 } from "../../../emulator/gateway/presigned.ts";
import { parseCopySource } from "../copy-source.ts";
import type { S3Store } from "../store.ts";
import { subjectOf, type Subject } from "../subject.ts";
import { COPIES, operationName } from "./operation-name.ts";
import type { PendingRecord } from "./log-table.ts";
import { recordText, type LoggedRequest } from "./record.ts";

/** What a request was about, and what of it is logged under which name. */
type About = Pick<LoggedRequest, "bucket" | "operation" | "key" | "versionId">;

interface Given {
  readonly Bucket?: string;
  readonly CopySource?: string;
  readonly Delete?: { readonly Objects?: readonly { readonly Key?: string; readonly VersionId?: string }[] };
}

/** The records of a request in the logs of all buckets that log it. */
export function* recordsOf(store: S3Store, request: AnsweredRequest): Generator<PendingRecord> {
  const { operation = "", input } = request;
  const given = (input ?? {}) as Given;
  const copy = COPIES[operation];
  // most requests are to buckets that log nothing
  if (!copy && given.Bucket !== undefined && !store.known(given.Bucket)?.logging) return;
  const about = aboutOf(request);
  if (!about) return;
  yield* record(store, request, about);
  if (copy && given.CopySource !== undefined) yield* record(store, request, sourceOf(copy.read, given.CopySource));
  if (operation === "DeleteObjects" && request.status === 200) yield* removals(store, request, given);
}

function* record(
  store: S3Store,
  request: AnsweredRequest,
  about: About | undefined,
  more: Partial<LoggedRequest> = {},
): Generator<PendingRecord> {
  const bucket = about && store.known(about.bucket);
  if (!about || !bucket?.logging) return;
  const { headers, query, principal } = request;
  const byQuery = isPresigned(query);
  const isSigned = principal !== undefined && principal.type !== "anonymous";
  const line = recordText({
    owner: bucket.account,
    atMs: request.startedAt,
    remoteIp: request.remoteAddress,
    requester: principal,
    requestId: request.requestId,
    requestLine: `${request.method} ${request.url} HTTP/${request.httpVersion}`,
    status: request.status,
    errorCode: request.errorCode,
    bytesSent: request.bytesSent,
    objectSize: sizeOf(request),
    totalTime: request.totalMs,
    turnAroundTime: request.turnAroundMs,
    referer: headers["referer"],
    userAgent: headers["user-agent"],
    signatureVersion: isSigned ? (isPresignedV2(query) ? "SigV2" : "SigV4") : undefined,
    authenticationType: isSigned ? (byQuery ? "QueryString" : "AuthHeader") : undefined,
    host: headers[":authority"] ?? headers["host"],
    ...about,
    ...more,
  });
  const { name, account, region, logging: target } = bucket;
  yield { source: { name, account, region }, target, atMs: request.startedAt, line };
}

/** What records call the requests that a door has answered. */
const DOORS: Readonly<Record<NonNullable<Subject["door"]>, (method: string) => string>> = {
  website: (method) => `WEBSITE.${method}.OBJECT`,
  preflight: () => "REST.OPTIONS.PREFLIGHT",
  form: () => "REST.POST.OBJECT",
};

function aboutOf(request: AnsweredRequest): About | undefined {
  const { method, operation = "" } = request;
  const subject = subjectOf(request);
  if (!subject) return undefined;
  const { door, ...about } = subject;
  return { ...about, operation: door ? DOORS[door](method) : operationName(method, operation) };
}

function sourceOf(operation: string, copySource: string): About | undefined {
  try {
    const { bucket, key, versionId } = parseCopySource(copySource);
    return { bucket, operation, key, versionId };
  } catch {
    return undefined; // a source that cannot be read is in no bucket
  }
}

/** Each key of a list that is deleted has a record of its own. */
function* removals(store: S3Store, request: AnsweredRequest, { Bucket: bucket = "", Delete }: Given) {
  const { Errors = [] } = request.output as { Errors?: readonly { Key?: string; VersionId?: string; Code?: string }[] };
  for (const { Key: key, VersionId: versionId } of Delete?.Objects ?? []) {
    const failed = Errors.find((error) => error.Key === key && error.VersionId === versionId);
    const more = {
      requestLine: undefined,
      status: failed ? (STATUS[failed.Code ?? ""] ?? 400) : 204,
      errorCode: failed?.Code,
      bytesSent: undefined,
      objectSize: undefined,
      totalTime: undefined,
      turnAroundTime: undefined,
    };
    yield* record(store, request, { bucket, operation: "BATCH.DELETE.OBJECT", key, versionId }, more);
  }
}

const STATUS: Readonly<Record<string, number>> = { AccessDenied: 403, NoSuchVersion: 404, InternalError: 500 };

/** The size of an object that is read or written whole. */
function sizeOf({ method, operation, headers, answered, status }: AnsweredRequest): number | undefined {
  if (status >= 300) return undefined;
  if (method === "PUT" && (operation === "PutObject" || operation === "UploadPart")) {
    return Number(headers["x-amz-decoded-content-length"] ?? headers["content-length"] ?? 0);
  }
  const isRead = operation === "GetObject" || operation === "HeadObject" || operation === undefined;
  if (!isRead || method === "POST") return undefined;
  const { "content-range": range, "content-length": length } = answered;
  const size = typeof range === "string" ? range.split("/").at(-1) : length;
  return size === undefined ? undefined : Number(size);
}
