import { mergeTags } from "../settings.ts";
import type { Operation } from "../index.ts";

/**
 * Adds tags to a repository, or changes their values.
 * @throws RepositoryNotFoundException, InvalidParameterException, TooManyTagsException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html
 */
export const tagResource: Operation<"TagResource"> = (ctx, input) => {
  const repository = ctx.store.repositoryByArn(input.resourceArn);
  ctx.store.put({ ...repository, tags: mergeTags(repository.tags, input.tags) });
  return {};
};
