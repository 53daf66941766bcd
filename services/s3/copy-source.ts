import { AwsError, unsupported } from "../../emulator/model/errors.ts";
import { checkReadable } from "./archive.ts";
import { invalidArgument, invalidRequest, invalidSourceState } from "./errors.ts";
import { checkCopyConditions, type CopySourceConditions } from "./conditions.ts";
import { checkObjectKey, readSourceKey, type CopySourceKeyInput, type CustomerKey } from "./customer-key.ts";
import type { S3Context } from "./index.ts";
import { MAX_PUT_BYTES, type ObjectRecord } from "./model.ts";
import { findObject } from "./versions.ts";

export interface CopySourceInput extends CopySourceConditions, CopySourceKeyInput {
  readonly CopySource: string;
  readonly ExpectedSourceBucketOwner?: string;
}

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly record: ObjectRecord;
  /** That the record is encrypted by. */
  readonly customerKey: CustomerKey | undefined;
  /** Whether the request names the version. */
  readonly isVersion: boolean;
  /** What the answer says of the source's version. */
  readonly versionMember: { CopySourceVersionId?: string };
}

/**
 * The object that a copy reads: x-amz-copy-source is `bucket/key` or `/bucket/key`, percent-encoded.
 * @throws AwsError NoSuchBucket, NoSuchKey, NoSuchVersion, PreconditionFailed, InvalidArgument, InvalidObjectState
 */
export function copySource(ctx: S3Context, input: CopySourceInput): CopySource {
  const { bucket, key, versionId } = parseCopySource(input.CopySource);
  const from = ctx.store.bucket({ Bucket: bucket, ExpectedBucketOwner: input.ExpectedSourceBucketOwner });
  const record = findObject(ctx, from, { Key: key, VersionId: versionId });
  const customerKey = readSourceKey(input);
  checkObjectKey(record, customerKey);
  checkReadable(record, ctx.clock.now(), invalidSourceState);
  checkCopyConditions(input, record, ctx.clock.now());
  return {
    bucket,
    key,
    record,
    customerKey,
    isVersion: versionId !== undefined,
    // the null version is not told
    versionMember: record.version?.id === undefined ? {} : { CopySourceVersionId: record.version.id },
  };
}

export function parseCopySource(header: string): { bucket: string; key: string; versionId: string | undefined } {
  if (header.startsWith("arn:")) throw unsupported("Copying from an access point");
  const [path = "", query = ""] = header.split("?", 2);
  const decoded = decode(path).replace(/^\//, "");
  const slash = decoded.indexOf("/");
  if (slash < 1 || slash === decoded.length - 1) {
    throw invalidArgument("Invalid copy source object key", "x-amz-copy-source", "x-amz-copy-source");
  }
  const versionId = new URLSearchParams(query).get("versionId") ?? undefined;
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1), versionId };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path.replaceAll("+", " "));
  } catch {
    throw invalidArgument("Invalid copy source encoding.", "x-amz-copy-source", "x-amz-copy-source");
  }
}

/** @throws AwsError InvalidRequest */
export function checkCopySize(sizeBytes: number): void {
  if (sizeBytes <= MAX_PUT_BYTES) return;
  throw invalidRequest(
    `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_PUT_BYTES}`,
  );
}

/** COPY or REPLACE, and COPY unless said. @throws AwsError InvalidArgument */
export function directive(value: string | undefined, header: string, what: string): "COPY" | "REPLACE" {
  if (value === undefined || value === "COPY") return "COPY";
  if (value === "REPLACE") return "REPLACE";
  throw new AwsError({ code: "InvalidArgument", status: 400 }, `Unknown ${what} directive.`, {
    ArgumentName: header,
    ArgumentValue: value,
  });
}
