import { document, replaces, required, text } from "../../cloudformation/properties.ts";
import { defineProvider, unless } from "../../cloudformation/provider.ts";
import { given, GONE, replace } from "./shared.ts";

/** A name that CloudFormation makes has hyphens, which a model's name may not have. */
const alphanumeric = (name: string): string => name.replaceAll(/[^A-Za-z0-9]/g, "");

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-model.html */
export const model = defineProvider({
  type: "AWS::ApiGateway::Model",
  properties: {
    RestApiId: replaces(required(text())),
    Name: replaces(text()),
    ContentType: replaces(text()),
    Description: text(),
    Schema: document(),
  },
  attributes: [],
  name: { property: "Name", maxLength: 64 },

  async find(ctx, { RestApiId }, name) {
    const modelName = alphanumeric(name);
    const found = await unless(ctx.call("apigateway", "GetModel", { restApiId: RestApiId, modelName }), GONE);
    return found && modelName;
  },

  async create(ctx, { RestApiId, ContentType, Description, Schema }, name) {
    const modelName = alphanumeric(name);
    await ctx.call("apigateway", "CreateModel", {
      restApiId: RestApiId,
      name: modelName,
      contentType: ContentType ?? "application/json",
      ...given({ description: Description, schema: Schema && JSON.stringify(Schema) }),
    });
    ctx.created(modelName);
    return modelName;
  },

  async update(ctx, modelName, _before, { RestApiId, Description, Schema }) {
    const patchOperations = [replace("/description", Description), replace("/schema", JSON.stringify(Schema ?? {}))];
    await ctx.call("apigateway", "UpdateModel", { restApiId: RestApiId, modelName, patchOperations });
  },

  async remove(ctx, modelName, { RestApiId }) {
    await unless(ctx.call("apigateway", "DeleteModel", { restApiId: RestApiId, modelName }), GONE);
  },

  read: async () => ({}),
});
