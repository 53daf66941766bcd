import type { Operation } from "../index.ts";

/**
 * @throws NoSuchBucket
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html
 */
export const deletePublicAccessBlock: Operation<"DeletePublicAccessBlock"> = (ctx, input) => {
  ctx.store.updateBucket({ ...ctx.store.bucket(input), publicAccessBlock: "removed" });
  return {};
};
