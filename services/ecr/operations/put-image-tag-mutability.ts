import { named } from "../describe.ts";
import { mutabilityOf } from "../settings.ts";
import type { Operation } from "../index.ts";

/**
 * Whether a tag can be given to another image.
 * @throws RepositoryNotFoundException, InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html
 */
export const putImageTagMutability: Operation<"PutImageTagMutability"> = (ctx, input) => {
  const repository = ctx.store.repository(input);
  const settings = mutabilityOf(input.imageTagMutability, input.imageTagMutabilityExclusionFilters);
  ctx.store.put({ ...repository, ...settings });
  return {
    ...named(ctx, repository),
    imageTagMutability: settings.mutability,
    ...(settings.mutabilityExceptions.length > 0 && {
      imageTagMutabilityExclusionFilters: [...settings.mutabilityExceptions],
    }),
  };
};
