import type { Repository as SdkRepository } from "@aws-sdk/client-ecr";
import type { EcrContext } from "./index.ts";
import type { Repository } from "./model.ts";

/** A repository as answers describe it. */
export const described = (ctx: Pick<EcrContext, "account" | "region">, repository: Repository): SdkRepository => ({
  repositoryArn: repository.arn,
  registryId: ctx.account,
  repositoryName: repository.name,
  repositoryUri: `${ctx.account}.dkr.ecr.${ctx.region}.amazonaws.com/${repository.name}`,
  createdAt: new Date(repository.createdAt),
  imageTagMutability: repository.mutability,
  ...(repository.mutabilityExceptions.length > 0 && {
    imageTagMutabilityExclusionFilters: [...repository.mutabilityExceptions],
  }),
  imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
  encryptionConfiguration: { encryptionType: "AES256" },
});

/** What most answers say of the repository that they are about. */
export const named = (ctx: Pick<EcrContext, "account">, { name }: Repository) => ({
  registryId: ctx.account,
  repositoryName: name,
});
