import type { Operation, Output } from "../index.ts";

type Constraint = Output<"GetBucketLocation">["LocationConstraint"];

/**
 * The region of a bucket; none for us-east-1.
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 */
export const getBucketLocation: Operation<"GetBucketLocation"> = (ctx, input) => {
  const { region, isEu } = ctx.store.bucket(input);
  return region === "us-east-1" ? {} : { LocationConstraint: isEu ? "EU" : (region as Constraint) };
};
