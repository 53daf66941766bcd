import type { PublicAccessBlockConfiguration } from "@aws-sdk/client-s3";
import type { BucketRecord } from "./model.ts";

/** What a new bucket has. */
const ALL: PublicAccessBlockConfiguration = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** The settings in force, undefined when they were removed. */
export const publicAccessBlockOf = (bucket: BucketRecord): PublicAccessBlockConfiguration | undefined =>
  bucket.publicAccessBlock === "removed" ? undefined : (bucket.publicAccessBlock ?? ALL);
