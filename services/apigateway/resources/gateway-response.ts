import { choice, map, readOnly, replaces, required, text } from "../../cloudformation/properties.ts";
import type { Values } from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, unless } from "../../cloudformation/provider.ts";
import { gatewayResponseTypes } from "../gateway-responses.ts";
import { given, GONE } from "./shared.ts";

const properties = {
  RestApiId: replaces(required(text())),
  ResponseType: replaces(required(choice(...gatewayResponseTypes))),
  ResponseParameters: map(text()),
  ResponseTemplates: map(text()),
  StatusCode: text(),
  Id: readOnly(),
} as const;

async function put(ctx: ProviderContext, values: Values<typeof properties>): Promise<void> {
  await ctx.call("apigateway", "PutGatewayResponse", {
    restApiId: values.RestApiId,
    responseType: values.ResponseType,
    ...given({
      statusCode: values.StatusCode,
      responseParameters: values.ResponseParameters,
      responseTemplates: values.ResponseTemplates,
    }),
  });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-gatewayresponse.html */
export const gatewayResponse = defineProvider({
  type: "AWS::ApiGateway::GatewayResponse",
  properties,
  attributes: ["Id"],
  name: { maxLength: 64 },

  async find(ctx, { RestApiId, ResponseType }, name) {
    const id = { restApiId: RestApiId, responseType: ResponseType };
    const found = await unless(ctx.call("apigateway", "GetGatewayResponse", id), GONE);
    return found?.defaultResponse === false ? name : undefined;
  },

  async create(ctx, values, name) {
    await put(ctx, values);
    ctx.created(name);
    return name;
  },

  update: (ctx, _name, _before, after) => put(ctx, after),

  async remove(ctx, _name, { RestApiId, ResponseType }) {
    const id = { restApiId: RestApiId, responseType: ResponseType };
    await unless(ctx.call("apigateway", "DeleteGatewayResponse", id), GONE);
  },

  read: async (_ctx, name) => ({ Id: name }),
});
