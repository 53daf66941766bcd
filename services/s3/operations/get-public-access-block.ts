import { notConfigured } from "../errors.ts";
import type { Operation } from "../index.ts";
import { publicAccessBlockOf } from "../public-access-block.ts";

/**
 * @throws NoSuchBucket, NoSuchPublicAccessBlockConfiguration
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html
 */
export const getPublicAccessBlock: Operation<"GetPublicAccessBlock"> = (ctx, input) => {
  const bucket = ctx.store.bucket(input);
  const settings = publicAccessBlockOf(bucket);
  if (!settings) {
    throw notConfigured(
      "NoSuchPublicAccessBlockConfiguration",
      "The public access block configuration was not found",
      bucket.name,
    );
  }
  return { PublicAccessBlockConfiguration: settings };
};
