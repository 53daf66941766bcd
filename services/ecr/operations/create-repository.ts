import { described } from "../describe.ts";
import { invalidParameter } from "../errors.ts";
import type { Repository } from "../model.ts";
import { mergeTags, mutabilityOf, refuseEncryption } from "../settings.ts";
import type { Operation } from "../index.ts";

/**
 * Makes a repository in the caller's own registry.
 * @throws RepositoryAlreadyExistsException, InvalidParameterException, TooManyTagsException
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 */
export const createRepository: Operation<"CreateRepository"> = (ctx, input) => {
  const { repositoryName: name, registryId = ctx.account } = input;
  if (registryId !== ctx.account) throw invalidParameter("registryId", "must be the registry of the account");
  refuseEncryption(input.encryptionConfiguration);
  const repository: Repository = {
    name,
    arn: `arn:aws:ecr:${ctx.region}:${ctx.account}:repository/${name}`,
    createdAt: ctx.clock.now(),
    ...mutabilityOf(input.imageTagMutability, input.imageTagMutabilityExclusionFilters),
    scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
    tags: mergeTags({}, input.tags ?? []),
  };
  ctx.store.add(repository);
  return { repository: described(ctx, repository) };
};
