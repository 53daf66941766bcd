import type { Operation } from "../index.ts";

/**
 * The tags of a repository.
 * @throws RepositoryNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListTagsForResource.html
 */
export const listTagsForResource: Operation<"ListTagsForResource"> = (ctx, input) => {
  const { tags } = ctx.store.repositoryByArn(input.resourceArn);
  return { tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
};
