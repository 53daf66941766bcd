import { document, replaces, required, text } from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, unless } from "../../cloudformation/provider.ts";

const setPolicy = (ctx: ProviderContext, ResourceARN: string, policy: object) =>
  ctx.call("kinesis", "PutResourcePolicy", { ResourceARN, Policy: JSON.stringify(policy) });

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-resourcepolicy.html */
export const resourcePolicy = defineProvider({
  type: "AWS::Kinesis::ResourcePolicy",
  properties: { ResourceArn: replaces(required(text({ min: 1, max: 2048 }))), ResourcePolicy: required(document()) },
  attributes: [],

  find: async () => undefined,

  async create(ctx, { ResourceArn, ResourcePolicy }) {
    await setPolicy(ctx, ResourceArn, ResourcePolicy);
    ctx.created(ResourceArn);
    return ResourceArn;
  },

  async update(ctx, arn, _before, { ResourcePolicy }) {
    await setPolicy(ctx, arn, ResourcePolicy);
  },

  async remove(ctx, arn) {
    const deletion = ctx.call("kinesis", "DeleteResourcePolicy", { ResourceARN: arn });
    await unless(deletion, "ResourceNotFoundException");
  },

  read: async () => ({}),
});
