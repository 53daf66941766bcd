import { refusePaging } from "../images.ts";
import type { Operation } from "../index.ts";

/**
 * No image can be pushed here, so there is none.
 * @throws RepositoryNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html
 */
export const listImages: Operation<"ListImages"> = (ctx, input) => {
  ctx.store.repository(input);
  refusePaging(input);
  return { imageIds: [] };
};
