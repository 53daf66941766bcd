import { flag, readOnly, replaces, required, text } from "../../cloudformation/properties.ts";
import { defineProvider, unless } from "../../cloudformation/provider.ts";
import { given, GONE, replace } from "./shared.ts";

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-requestvalidator.html */
export const requestValidator = defineProvider({
  type: "AWS::ApiGateway::RequestValidator",
  properties: {
    RestApiId: replaces(required(text())),
    Name: replaces(text()),
    ValidateRequestBody: flag(),
    ValidateRequestParameters: flag(),
    RequestValidatorId: readOnly(),
  },
  attributes: ["RequestValidatorId"],

  // names of validators need not be unique
  find: async () => undefined,

  async create(ctx, { RestApiId, Name, ValidateRequestBody, ValidateRequestParameters }) {
    const { id = "" } = await ctx.call("apigateway", "CreateRequestValidator", {
      restApiId: RestApiId,
      ...given({
        name: Name,
        validateRequestBody: ValidateRequestBody,
        validateRequestParameters: ValidateRequestParameters,
      }),
    });
    ctx.created(id);
    return id;
  },

  async update(ctx, requestValidatorId, _before, { RestApiId, ValidateRequestBody, ValidateRequestParameters }) {
    await ctx.call("apigateway", "UpdateRequestValidator", {
      restApiId: RestApiId,
      requestValidatorId,
      patchOperations: [
        replace("/validateRequestBody", ValidateRequestBody ?? false),
        replace("/validateRequestParameters", ValidateRequestParameters ?? false),
      ],
    });
  },

  async remove(ctx, requestValidatorId, { RestApiId }) {
    const id = { restApiId: RestApiId, requestValidatorId };
    await unless(ctx.call("apigateway", "DeleteRequestValidator", id), GONE);
  },

  read: async (_ctx, id) => ({ RequestValidatorId: id }),
});
