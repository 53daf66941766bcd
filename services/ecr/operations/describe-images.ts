import { imageNotFound } from "../errors.ts";
import { refusePaging } from "../images.ts";
import type { Operation } from "../index.ts";

/**
 * No image can be pushed here, so there is none.
 * @throws RepositoryNotFoundException, ImageNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
 */
export const describeImages: Operation<"DescribeImages"> = (ctx, input) => {
  const repository = ctx.store.repository(input);
  const [wanted] = input.imageIds ?? [];
  if (wanted) throw imageNotFound(wanted, repository.name, ctx.account);
  refusePaging(input);
  return { imageDetails: [] };
};
