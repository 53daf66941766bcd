import { readOnly, text } from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext } from "../../cloudformation/provider.ts";
import { replace } from "./shared.ts";

const setRole = (ctx: ProviderContext, arn: string | undefined) =>
  ctx.call("apigateway", "UpdateAccount", { patchOperations: [replace("/cloudwatchRoleArn", arn)] });

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-account.html */
export const account = defineProvider({
  type: "AWS::ApiGateway::Account",
  properties: { CloudWatchRoleArn: text(), Id: readOnly() },
  attributes: ["Id"],
  name: { maxLength: 64 },

  // an account has its settings in any case
  find: async () => undefined,

  async create(ctx, { CloudWatchRoleArn }, name) {
    await setRole(ctx, CloudWatchRoleArn);
    ctx.created(name);
    return name;
  },

  async update(ctx, _name, _before, { CloudWatchRoleArn }) {
    await setRole(ctx, CloudWatchRoleArn);
  },

  // as AWS says: the role stays in force when the stack that set it is deleted
  async remove() {},

  read: async (_ctx, name) => ({ Id: name }),
});
