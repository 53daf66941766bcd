import type { Operation } from "../index.ts";

/**
 * Who pays for requests: the owner, unless said.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html
 */
export const getBucketRequestPayment: Operation<"GetBucketRequestPayment"> = (ctx, input) => ({
  Payer: ctx.store.bucket(input).requesterPays ? "Requester" : "BucketOwner",
});
