import type { AccessScope, AccessTable } from "../../emulator/model/access.ts";
import type { EcrContext } from "./index.ts";

interface Named {
  readonly repositoryName: string;
  readonly registryId?: string;
}

const repository = ({ repositoryName, registryId }: Named, { account, region }: AccessScope): string =>
  `arn:aws:ecr:${region}:${registryId ?? account}:repository/${repositoryName}`;

const byArn = ({ resourceArn }: { readonly resourceArn: string }): string => resourceArn;

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html */
export const access: AccessTable<"ecr"> = {
  prefix: "ecr",
  rules: {
    CreateRepository: repository,
    DeleteLifecyclePolicy: repository,
    DeleteRepository: repository,
    DeleteRepositoryPolicy: repository,
    DescribeImages: repository,
    DescribeRepositories: ({ repositoryNames, registryId }, { account, region }) =>
      (repositoryNames ?? ["*"]).map((repositoryName) => ({
        action: "ecr:DescribeRepositories",
        resource: repository({ repositoryName, registryId }, { account, region }),
      })),
    GetLifecyclePolicy: repository,
    GetRepositoryPolicy: repository,
    ListImages: repository,
    ListTagsForResource: byArn,
    PutImageScanningConfiguration: repository,
    PutImageTagMutability: repository,
    PutLifecyclePolicy: repository,
    SetRepositoryPolicy: repository,
    TagResource: byArn,
    UntagResource: byArn,
  },
};

/** The policy of a repository, by its ARN. */
export function policyOf(
  { store, account, region }: Pick<EcrContext, "store" | "account" | "region">,
  arn: string,
): string | undefined {
  const prefix = `arn:aws:ecr:${region}:${account}:repository/`;
  if (!arn.startsWith(prefix)) return undefined;
  return store.repositories().find(({ name }) => name === arn.slice(prefix.length))?.policy;
}
