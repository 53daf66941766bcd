import { BucketLocationConstraint } from "@aws-sdk/client-s3";
import { invalidArgument } from "../errors.ts";
import type { Operation } from "../index.ts";
import { canonicalUser } from "../owner.ts";
import { readToken, writeToken } from "../tokens.ts";
import { timestamp } from "../timestamp.ts";

const MOST = 10_000;
const REGIONS: ReadonlySet<string> = new Set(["us-east-1", ...Object.values(BucketLocationConstraint)]);

/**
 * The account's buckets by name, of all regions.
 * @throws InvalidArgument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
 */
export const listBuckets: Operation<"ListBuckets"> = (ctx, input) => {
  const { MaxBuckets: limit = MOST, Prefix: prefix = "", BucketRegion: region, ContinuationToken: token } = input;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw invalidArgument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", limit);
  }
  if (region !== undefined && region !== ctx.region && !REGIONS.has(region)) {
    throw invalidArgument(`Argument value ${region} is not a valid AWS Region`, "bucket-region", undefined);
  }
  const isAsked = [input.MaxBuckets, input.Prefix, region, token].some((given) => given !== undefined);
  const buckets: { Name: string; CreationDate: Date; BucketRegion?: string; BucketArn: string }[] = [];
  let next: string | undefined;
  for (const bucket of ctx.store.buckets(token === undefined || token === "" ? "" : readToken(token))) {
    if (!bucket.name.startsWith(prefix) || (region !== undefined && bucket.region !== region)) continue;
    if (buckets.length === limit) {
      next = writeToken(buckets.at(-1)?.Name ?? "");
      break;
    }
    buckets.push({
      Name: bucket.name,
      CreationDate: timestamp(bucket.createdMs),
      // told to those who ask for some of the buckets
      ...(isAsked && { BucketRegion: bucket.region }),
      BucketArn: `arn:aws:s3:::${bucket.name}`,
    });
  }
  return {
    Owner: canonicalUser(ctx.account),
    Buckets: buckets,
    ...(prefix !== "" && { Prefix: prefix }),
    ...(next !== undefined && { ContinuationToken: next }),
  };
};
