import {
  choice,
  flag,
  integer,
  list,
  map,
  object,
  refused,
  replaces,
  required,
  text,
} from "../../cloudformation/properties.ts";
import type { Values } from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, unless } from "../../cloudformation/provider.ts";
import { given, GONE } from "./shared.ts";

const CONTENT_HANDLING = ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"] as const;

const properties = {
  RestApiId: replaces(required(text())),
  ResourceId: replaces(required(text())),
  HttpMethod: replaces(required(text())),
  ApiKeyRequired: flag(),
  AuthorizationScopes: refused([]),
  AuthorizationType: text(),
  AuthorizerId: text(),
  OperationName: text(),
  RequestModels: map(text()),
  RequestParameters: map(flag()),
  RequestValidatorId: text(),
  Integration: object({
    Type: required(choice("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK")),
    IntegrationHttpMethod: text(),
    Uri: text(),
    Credentials: text(),
    ConnectionType: choice("INTERNET", "VPC_LINK"),
    ConnectionId: refused(),
    ContentHandling: choice(...CONTENT_HANDLING),
    PassthroughBehavior: choice("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"),
    RequestParameters: map(text()),
    RequestTemplates: map(text()),
    TimeoutInMillis: integer({ min: 50 }),
    CacheKeyParameters: list(text()),
    CacheNamespace: text(),
    TlsConfig: object({ InsecureSkipVerification: flag() }),
    ResponseTransferMode: refused("BUFFERED"),
    IntegrationTarget: refused(),
    IntegrationResponses: list(
      object({
        StatusCode: required(text()),
        ContentHandling: choice(...CONTENT_HANDLING),
        ResponseParameters: map(text()),
        ResponseTemplates: map(text()),
        SelectionPattern: text(),
      }),
    ),
  }),
  MethodResponses: list(
    object({ StatusCode: required(text()), ResponseModels: map(text()), ResponseParameters: map(flag()) }),
  ),
} as const;

type MethodValues = Values<typeof properties>;

const idOf = ({ RestApiId, ResourceId, HttpMethod }: MethodValues) => ({
  restApiId: RestApiId,
  resourceId: ResourceId,
  httpMethod: HttpMethod,
});

const integrationOf = (integration: NonNullable<MethodValues["Integration"]>) =>
  given({
    type: integration.Type,
    integrationHttpMethod: integration.IntegrationHttpMethod,
    uri: integration.Uri,
    credentials: integration.Credentials,
    connectionType: integration.ConnectionType,
    contentHandling: integration.ContentHandling,
    passthroughBehavior: integration.PassthroughBehavior,
    requestParameters: integration.RequestParameters,
    requestTemplates: integration.RequestTemplates,
    timeoutInMillis: integration.TimeoutInMillis,
    cacheKeyParameters: integration.CacheKeyParameters,
    cacheNamespace: integration.CacheNamespace,
    tlsConfig: integration.TlsConfig && {
      insecureSkipVerification: integration.TlsConfig.InsecureSkipVerification ?? false,
    },
  });

async function put(ctx: ProviderContext, method: MethodValues, created: () => void): Promise<void> {
  const id = idOf(method);
  await ctx.call("apigateway", "PutMethod", {
    ...id,
    authorizationType: method.AuthorizationType ?? "NONE",
    ...given({
      apiKeyRequired: method.ApiKeyRequired,
      authorizerId: method.AuthorizerId,
      operationName: method.OperationName,
      requestModels: method.RequestModels,
      requestParameters: method.RequestParameters,
      requestValidatorId: method.RequestValidatorId,
    }),
  });
  created();
  for (const response of method.MethodResponses ?? []) {
    await ctx.call("apigateway", "PutMethodResponse", {
      ...id,
      statusCode: response.StatusCode,
      ...given({ responseModels: response.ResponseModels, responseParameters: response.ResponseParameters }),
    });
  }
  if (!method.Integration) return;
  await ctx.call("apigateway", "PutIntegration", { ...id, ...integrationOf(method.Integration) });
  for (const response of method.Integration.IntegrationResponses ?? []) {
    await ctx.call("apigateway", "PutIntegrationResponse", {
      ...id,
      statusCode: response.StatusCode,
      ...given({
        contentHandling: response.ContentHandling,
        responseParameters: response.ResponseParameters,
        responseTemplates: response.ResponseTemplates,
        selectionPattern: response.SelectionPattern,
      }),
    });
  }
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-method.html */
export const method = defineProvider({
  type: "AWS::ApiGateway::Method",
  properties,
  attributes: [],
  name: { maxLength: 64 },

  find: async (ctx, values, name) => (await unless(ctx.call("apigateway", "GetMethod", idOf(values)), GONE)) && name,

  async create(ctx, values, name) {
    await put(ctx, values, () => ctx.created(name));
    return name;
  },

  // what is deployed is frozen: nobody sees the method away in between
  async update(ctx, _name, _before, after) {
    await unless(ctx.call("apigateway", "DeleteMethod", idOf(after)), GONE);
    await put(ctx, after, () => {});
  },

  async remove(ctx, _name, values) {
    await unless(ctx.call("apigateway", "DeleteMethod", idOf(values)), GONE);
  },

  read: async () => ({}),
});
