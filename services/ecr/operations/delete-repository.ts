import { described } from "../describe.ts";
import type { Operation } from "../index.ts";

/**
 * Removes a repository. No repository has images here, so `force` never matters.
 * @throws RepositoryNotFoundException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html
 */
export const deleteRepository: Operation<"DeleteRepository"> = (ctx, input) => {
  const repository = ctx.store.repository(input);
  ctx.store.remove(repository.name);
  return { repository: described(ctx, repository) };
};
