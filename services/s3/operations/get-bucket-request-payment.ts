import type { Operation } from "../index.ts";

/**
 * The owner pays: another payer is refused.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html
 */
export const getBucketRequestPayment: Operation<"GetBucketRequestPayment"> = (ctx, input) => {
  ctx.store.bucket(input);
  return { Payer: "BucketOwner" };
};
