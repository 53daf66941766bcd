import { accessDenied, invalidRequest, wrongRegion } from "./errors.ts";
import type { S3Context } from "./index.ts";

interface Asked {
  readonly Bucket?: string;
  readonly RequestPayer?: string;
}

const ACCELERATED = /\.s3-accelerate\./;
/** Not about a bucket that is there: of the account of whoever asks. */
const OF_ACCOUNT: readonly string[] = ["CreateBucket", "ListBuckets"];

/** How AWS names its regions. `aws-global`, as SDKs call the endpoint of none, and `US`, which s3cmd tries first, are none. */
const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/;

/**
 * Holds a request against what every operation keeps to: the region that it is signed for, and of the settings of its bucket who pays, and
 * through which endpoint it comes.
 * @throws AwsError AuthorizationHeaderMalformed, AuthorizationQueryParametersError, AccessDenied, InvalidRequest
 */
export function hold(ctx: S3Context, operation: string, { Bucket, RequestPayer: payer }: Asked): void {
  if (!REGION.test(ctx.region)) {
    const isPresigned = ctx.request?.query.has("X-Amz-Credential") === true;
    throw wrongRegion(ctx.region, ctx.store.known(Bucket ?? "")?.region ?? "us-east-1", isPresigned);
  }
  if (Bucket === undefined || OF_ACCOUNT.includes(operation)) {
    // with `--iam off` no policy keeps strangers from it
    if (ctx.principal.type === "anonymous") throw accessDenied();
    return;
  }
  const bucket = ctx.store.known(Bucket);
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
