import {
  choice,
  document,
  flag,
  list,
  object,
  readOnly,
  refused,
  replaces,
  required,
  tags,
  text,
} from "../cloudformation/properties.ts";
import type { Values } from "../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, sameValue, tagChanges, unless } from "../cloudformation/provider.ts";

const properties = {
  RepositoryName: replaces(
    text({
      min: 2,
      max: 256,
      pattern: /^(?=.{2,256}$)((?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*)$/,
    }),
  ),
  ImageTagMutability: choice("MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"),
  ImageTagMutabilityExclusionFilters: list(
    object({
      ImageTagMutabilityExclusionFilterType: required(choice("WILDCARD")),
      ImageTagMutabilityExclusionFilterValue: required(text({ min: 1, max: 128 })),
    }),
    { max: 5 },
  ),
  ImageScanningConfiguration: object({ ScanOnPush: flag() }),
  LifecyclePolicy: object({
    LifecyclePolicyText: text({ min: 100, max: 30_720 }),
    RegistryId: text({ pattern: /^\d{12}$/ }),
  }),
  RepositoryPolicyText: document(),
  EncryptionConfiguration: refused({ EncryptionType: "AES256" }),
  EmptyOnDelete: flag(),
  Tags: tags(),
  Arn: readOnly(),
  RepositoryUri: readOnly(),
} as const;

type RepositoryValues = Values<typeof properties>;

const mutability = ({ ImageTagMutability, ImageTagMutabilityExclusionFilters: filters }: RepositoryValues) => ({
  imageTagMutability: ImageTagMutability ?? ("MUTABLE" as const),
  ...(filters && {
    imageTagMutabilityExclusionFilters: filters.map((filter) => ({
      filterType: filter.ImageTagMutabilityExclusionFilterType,
      filter: filter.ImageTagMutabilityExclusionFilterValue,
    })),
  }),
});

async function configure(
  ctx: ProviderContext,
  repositoryName: string,
  before: RepositoryValues,
  after: RepositoryValues,
): Promise<void> {
  const lifecycle = after.LifecyclePolicy?.LifecyclePolicyText;
  if (before.LifecyclePolicy?.LifecyclePolicyText !== lifecycle) {
    if (lifecycle !== undefined) {
      await ctx.call("ecr", "PutLifecyclePolicy", { repositoryName, lifecyclePolicyText: lifecycle });
    } else
      await unless(ctx.call("ecr", "DeleteLifecyclePolicy", { repositoryName }), "LifecyclePolicyNotFoundException");
  }
  if (!sameValue(before.RepositoryPolicyText, after.RepositoryPolicyText)) {
    if (after.RepositoryPolicyText) {
      const policyText = JSON.stringify(after.RepositoryPolicyText);
      await ctx.call("ecr", "SetRepositoryPolicy", { repositoryName, policyText });
    } else {
      await unless(ctx.call("ecr", "DeleteRepositoryPolicy", { repositoryName }), "RepositoryPolicyNotFoundException");
    }
  }
}

const repositoryArn = (ctx: ProviderContext, name: string) =>
  `arn:aws:ecr:${ctx.region}:${ctx.account}:repository/${name}`;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html */
export const repository = defineProvider({
  type: "AWS::ECR::Repository",
  properties,
  attributes: ["Arn", "RepositoryUri"],
  name: { property: "RepositoryName", maxLength: 256, lowerCase: true },

  check: ({ LifecyclePolicy }) =>
    LifecyclePolicy?.RegistryId === undefined
      ? undefined
      : "#/LifecyclePolicy/RegistryId: is not supported by Headwater: it is the registry of the account",

  systemTagged: ({ account, region }, name) => `arn:aws:ecr:${region}:${account}:repository/${name}`,

  async find(ctx, _properties, name) {
    const found = ctx.call("ecr", "DescribeRepositories", { repositoryNames: [name] });
    return (await unless(found, "RepositoryNotFoundException")) && name;
  },

  async create(ctx, given, name) {
    await ctx.call("ecr", "CreateRepository", {
      repositoryName: name,
      ...mutability(given),
      ...(given.ImageScanningConfiguration && {
        imageScanningConfiguration: { scanOnPush: given.ImageScanningConfiguration.ScanOnPush ?? false },
      }),
      ...(given.Tags?.length && { tags: given.Tags }),
    });
    ctx.created(name);
    await configure(ctx, name, {}, given);
    return name;
  },

  async update(ctx, repositoryName, before, after) {
    await configure(ctx, repositoryName, before, after);
    if (!sameValue(mutability(before), mutability(after))) {
      await ctx.call("ecr", "PutImageTagMutability", { repositoryName, ...mutability(after) });
    }
    const scanOnPush = after.ImageScanningConfiguration?.ScanOnPush ?? false;
    if ((before.ImageScanningConfiguration?.ScanOnPush ?? false) !== scanOnPush) {
      await ctx.call("ecr", "PutImageScanningConfiguration", {
        repositoryName,
        imageScanningConfiguration: { scanOnPush },
      });
    }
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    const resourceArn = repositoryArn(ctx, repositoryName);
    if (removed.length > 0) await ctx.call("ecr", "UntagResource", { resourceArn, tagKeys: removed });
    const added = Object.entries(set).map(([Key, Value]) => ({ Key, Value }));
    if (added.length > 0) await ctx.call("ecr", "TagResource", { resourceArn, tags: added });
  },

  async remove(ctx, name, { EmptyOnDelete }) {
    const removal = ctx.call("ecr", "DeleteRepository", { repositoryName: name, force: EmptyOnDelete ?? false });
    await unless(removal, "RepositoryNotFoundException");
  },

  read: async (ctx, name) => ({
    Arn: repositoryArn(ctx, name),
    RepositoryUri: `${ctx.account}.dkr.ecr.${ctx.region}.amazonaws.com/${name}`,
  }),
});

export const ecrResources = [repository];
