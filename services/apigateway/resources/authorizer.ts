import { choice, integer, readOnly, refused, replaces, required, text } from "../../cloudformation/properties.ts";
import { defineProvider, unless } from "../../cloudformation/provider.ts";
import { changed, given, GONE } from "./shared.ts";

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-authorizer.html */
export const authorizer = defineProvider({
  type: "AWS::ApiGateway::Authorizer",
  properties: {
    RestApiId: replaces(required(text())),
    Name: required(text()),
    Type: required(choice("TOKEN", "REQUEST", "COGNITO_USER_POOLS")),
    AuthType: text(),
    AuthorizerUri: text(),
    AuthorizerCredentials: text(),
    AuthorizerResultTtlInSeconds: integer({ min: 0, max: 3600 }),
    IdentitySource: text(),
    IdentityValidationExpression: text(),
    ProviderARNs: refused([]),
    AuthorizerId: readOnly(),
  },
  attributes: ["AuthorizerId"],

  async find(ctx, { RestApiId, Name }) {
    const { items = [] } =
      (await unless(ctx.call("apigateway", "GetAuthorizers", { restApiId: RestApiId }), GONE)) ?? {};
    return items.find(({ name }) => name === Name)?.id;
  },

  async create(ctx, values) {
    const { id = "" } = await ctx.call("apigateway", "CreateAuthorizer", {
      restApiId: values.RestApiId,
      name: values.Name,
      type: values.Type,
      ...given({
        authType: values.AuthType,
        authorizerUri: values.AuthorizerUri,
        authorizerCredentials: values.AuthorizerCredentials,
        authorizerResultTtlInSeconds: values.AuthorizerResultTtlInSeconds,
        identitySource: values.IdentitySource,
        identityValidationExpression: values.IdentityValidationExpression,
      }),
    });
    ctx.created(id);
    return id;
  },

  async update(ctx, authorizerId, before, after) {
    const settings = (values: typeof after) => ({
      "/name": values.Name,
      "/type": values.Type,
      "/authType": values.AuthType,
      "/authorizerUri": values.AuthorizerUri,
      "/authorizerCredentials": values.AuthorizerCredentials,
      "/authorizerResultTtlInSeconds": values.AuthorizerResultTtlInSeconds ?? 300,
      "/identitySource": values.IdentitySource,
      "/identityValidationExpression": values.IdentityValidationExpression,
    });
    await ctx.call("apigateway", "UpdateAuthorizer", {
      restApiId: after.RestApiId,
      authorizerId,
      patchOperations: changed(settings(before), settings(after)),
    });
  },

  async remove(ctx, authorizerId, { RestApiId }) {
    await unless(ctx.call("apigateway", "DeleteAuthorizer", { restApiId: RestApiId, authorizerId }), GONE);
  },

  read: async (_ctx, id) => ({ AuthorizerId: id }),
});
