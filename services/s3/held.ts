import { accessDenied, invalidRequest } from "./errors.ts";
import type { S3Context } from "./index.ts";

interface Asked {
  readonly Bucket?: string;
  readonly RequestPayer?: string;
}

const ACCELERATED = /\.s3-accelerate\./;
/** What the owner alone pays for, and answers of. */
const FREE: readonly string[] = ["CreateBucket", "DeleteBucket", "ListBuckets"];

/**
 * Holds a request against the settings of its bucket that every operation keeps to: who pays, and through which endpoint it comes.
 * @throws AwsError AccessDenied, InvalidRequest
 */
export function hold(ctx: S3Context, operation: string, { Bucket, RequestPayer: payer }: Asked): void {
  const bucket = Bucket === undefined || FREE.includes(operation) ? undefined : ctx.store.known(Bucket);
  if (!bucket) return;
  if (bucket.requesterPays && ctx.principal.account !== bucket.account) {
    const says = payer ?? ctx.request?.headers["x-amz-request-payer"] ?? ctx.request?.query.get("x-amz-request-payer");
    if (ctx.principal.type === "anonymous" || says !== "requester") throw accessDenied();
    ctx.response.headers["x-amz-request-charged"] = "requester";
  }
  const host = ctx.request?.headers[":authority"] ?? ctx.request?.headers["host"];
  if (host !== undefined && ACCELERATED.test(host) && bucket.acceleration !== "Enabled") {
    throw invalidRequest("S3 Transfer Acceleration is not configured on this bucket");
  }
}
