import type { Operation } from "../index.ts";
import { refuseSystemTags } from "../settings.ts";

/**
 * Removes tags from a repository; that it has none of these is no error.
 * @throws RepositoryNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = (ctx, input) => {
  const repository = ctx.store.repositoryByArn(input.resourceArn);
  refuseSystemTags(input.tagKeys);
  const left = Object.entries(repository.tags).filter(([key]) => !input.tagKeys.includes(key));
  ctx.store.put({ ...repository, tags: Object.fromEntries(left) });
  return {};
};
