import type { Operation } from "../index.ts";

const DEFAULT = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const }, BucketKeyEnabled: false };

/**
 * Every bucket encrypts with SSE-S3, said or not.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html
 */
export const getBucketEncryption: Operation<"GetBucketEncryption"> = (ctx, input) => {
  const { encryption = DEFAULT } = ctx.store.bucket(input);
  return { ServerSideEncryptionConfiguration: { Rules: [encryption] } };
};
