import type { PatchOperation } from "@aws-sdk/client-api-gateway";
import {
  passRole,
  type Access,
  type AccessRule,
  type AccessScope,
  type AccessTable,
} from "../../emulator/model/access.ts";
import type { InputOf, OperationName } from "../../emulator/model/sdk.ts";

type More<N extends OperationName<"apigateway">> = (
  input: InputOf<"apigateway", N>,
  scope: AccessScope,
) => readonly Access[];

/** API Gateway's actions are HTTP methods, its resources the paths of its API; some inputs ask for more. */
const on =
  <N extends OperationName<"apigateway">>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: (input: InputOf<"apigateway", N>) => string,
    more: More<N> = () => [],
  ): AccessRule<"apigateway", N> =>
  (input, scope) => [
    { action: `apigateway:${method}`, resource: `arn:aws:apigateway:${scope.region}::${path(input)}` },
    ...more(input, scope),
  ];

/** A resource policy takes a permission of its own. */
const setsPolicy = (isSet: boolean, { region }: AccessScope, api: string): Access[] =>
  isSet
    ? [{ action: "apigateway:UpdateRestApiPolicy", resource: `arn:aws:apigateway:${region}::/restapis/${api}` }]
    : [];

/** A document may bring a resource policy along. */
const hasPolicy = (body: unknown): boolean => Buffer.from(body as Uint8Array).includes("x-amazon-apigateway-policy");

/** A role, or nothing: the caller's own credentials are passed on without one. */
const passes = (role: string | undefined): Access[] =>
  role?.includes(":role/") ? [passRole(role, "apigateway.amazonaws.com")] : [];

const valueAt = (operations: readonly PatchOperation[] | undefined, path: string): string | undefined =>
  operations?.findLast((operation) => operation.path === path)?.value;

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html */
export const access: AccessTable<"apigateway"> = {
  prefix: "apigateway",
  rules: {
    CreateApiKey: on("POST", () => "/apikeys"),
    CreateAuthorizer: on(
      "POST",
      (input) => `/restapis/${input.restApiId}/authorizers`,
      ({ authorizerCredentials }) => passes(authorizerCredentials),
    ),
    CreateDeployment: on("POST", (input) => `/restapis/${input.restApiId}/deployments`),
    CreateModel: on("POST", (input) => `/restapis/${input.restApiId}/models`),
    CreateRequestValidator: on("POST", (input) => `/restapis/${input.restApiId}/requestvalidators`),
    CreateResource: on("POST", (input) => `/restapis/${input.restApiId}/resources/${input.parentId}`),
    CreateRestApi: on(
      "POST",
      () => "/restapis",
      ({ policy }, scope) => setsPolicy(policy !== undefined, scope, "*"),
    ),
    CreateStage: on("POST", (input) => `/restapis/${input.restApiId}/stages`),
    CreateUsagePlan: on("POST", () => "/usageplans"),
    CreateUsagePlanKey: on("POST", (input) => `/usageplans/${input.usagePlanId}/keys`),
    DeleteApiKey: on("DELETE", (input) => `/apikeys/${input.apiKey}`),
    DeleteAuthorizer: on("DELETE", (input) => `/restapis/${input.restApiId}/authorizers/${input.authorizerId}`),
    DeleteDeployment: on("DELETE", (input) => `/restapis/${input.restApiId}/deployments/${input.deploymentId}`),
    DeleteGatewayResponse: on(
      "DELETE",
      (input) => `/restapis/${input.restApiId}/gatewayresponses/${input.responseType}`,
    ),
    DeleteIntegration: on(
      "DELETE",
      (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/integration`,
    ),
    DeleteIntegrationResponse: on(
      "DELETE",
      (input) =>
        `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/integration/responses/${input.statusCode}`,
    ),
    DeleteMethod: on(
      "DELETE",
      (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}`,
    ),
    DeleteMethodResponse: on(
      "DELETE",
      (input) =>
        `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/responses/${input.statusCode}`,
    ),
    DeleteModel: on("DELETE", (input) => `/restapis/${input.restApiId}/models/${input.modelName}`),
    DeleteRequestValidator: on(
      "DELETE",
      (input) => `/restapis/${input.restApiId}/requestvalidators/${input.requestValidatorId}`,
    ),
    DeleteResource: on("DELETE", (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}`),
    DeleteRestApi: on("DELETE", (input) => `/restapis/${input.restApiId}`),
    DeleteStage: on("DELETE", (input) => `/restapis/${input.restApiId}/stages/${input.stageName}`),
    DeleteUsagePlan: on("DELETE", (input) => `/usageplans/${input.usagePlanId}`),
    DeleteUsagePlanKey: on("DELETE", (input) => `/usageplans/${input.usagePlanId}/keys/${input.keyId}`),
    FlushStageAuthorizersCache: on(
      "DELETE",
      (input) => `/restapis/${input.restApiId}/stages/${input.stageName}/cache/authorizers`,
    ),
    GetAccount: on("GET", () => "/account"),
    GetApiKey: on("GET", (input) => `/apikeys/${input.apiKey}`),
    GetApiKeys: on("GET", () => "/apikeys"),
    GetAuthorizer: on("GET", (input) => `/restapis/${input.restApiId}/authorizers/${input.authorizerId}`),
    GetAuthorizers: on("GET", (input) => `/restapis/${input.restApiId}/authorizers`),
    GetDeployment: on("GET", (input) => `/restapis/${input.restApiId}/deployments/${input.deploymentId}`),
    GetDeployments: on("GET", (input) => `/restapis/${input.restApiId}/deployments`),
    GetExport: on(
      "GET",
      (input) => `/restapis/${input.restApiId}/stages/${input.stageName}/exports/${input.exportType}`,
    ),
    GetGatewayResponse: on("GET", (input) => `/restapis/${input.restApiId}/gatewayresponses/${input.responseType}`),
    GetGatewayResponses: on("GET", (input) => `/restapis/${input.restApiId}/gatewayresponses`),
    GetIntegration: on(
      "GET",
      (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/integration`,
    ),
    GetIntegrationResponse: on(
      "GET",
      (input) =>
        `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/integration/responses/${input.statusCode}`,
    ),
    GetMethod: on(
      "GET",
      (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}`,
    ),
    GetMethodResponse: on(
      "GET",
      (input) =>
        `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/responses/${input.statusCode}`,
    ),
    GetModel: on("GET", (input) => `/restapis/${input.restApiId}/models/${input.modelName}`),
    GetModels: on("GET", (input) => `/restapis/${input.restApiId}/models`),
    GetRequestValidator: on(
      "GET",
      (input) => `/restapis/${input.restApiId}/requestvalidators/${input.requestValidatorId}`,
    ),
    GetRequestValidators: on("GET", (input) => `/restapis/${input.restApiId}/requestvalidators`),
    GetResource: on("GET", (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}`),
    GetResources: on("GET", (input) => `/restapis/${input.restApiId}/resources`),
    GetRestApi: on("GET", (input) => `/restapis/${input.restApiId}`),
    GetRestApis: on("GET", () => "/restapis"),
    GetStage: on("GET", (input) => `/restapis/${input.restApiId}/stages/${input.stageName}`),
    GetStages: on("GET", (input) => `/restapis/${input.restApiId}/stages`),
    GetTags: on("GET", (input) => `/tags/${encodeURIComponent(input.resourceArn)}`),
    GetUsage: on("GET", (input) => `/usageplans/${input.usagePlanId}/usage`),
    GetUsagePlan: on("GET", (input) => `/usageplans/${input.usagePlanId}`),
    GetUsagePlanKey: on("GET", (input) => `/usageplans/${input.usagePlanId}/keys/${input.keyId}`),
    GetUsagePlanKeys: on("GET", (input) => `/usageplans/${input.usagePlanId}/keys`),
    GetUsagePlans: on("GET", () => "/usageplans"),
    ImportApiKeys: on("POST", () => "/apikeys"),
    ImportRestApi: on(
      "POST",
      () => "/restapis",
      ({ body }, scope) => setsPolicy(hasPolicy(body), scope, "*"),
    ),
    PutGatewayResponse: on("PUT", (input) => `/restapis/${input.restApiId}/gatewayresponses/${input.responseType}`),
    PutIntegration: on(
      "PUT",
      (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/integration`,
      ({ credentials }) => passes(credentials),
    ),
    PutIntegrationResponse: on(
      "PUT",
      (input) =>
        `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/integration/responses/${input.statusCode}`,
    ),
    PutMethod: on(
      "PUT",
      (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}`,
    ),
    PutMethodResponse: on(
      "PUT",
      (input) =>
        `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/responses/${input.statusCode}`,
    ),
    PutRestApi: on(
      "PUT",
      (input) => `/restapis/${input.restApiId}`,
      ({ body, restApiId }, scope) => setsPolicy(hasPolicy(body), scope, restApiId),
    ),
    TagResource: on("PUT", (input) => `/tags/${encodeURIComponent(input.resourceArn)}`),
    TestInvokeAuthorizer: on("POST", (input) => `/restapis/${input.restApiId}/authorizers/${input.authorizerId}`),
    TestInvokeMethod: on(
      "POST",
      (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}`,
    ),
    UntagResource: on("DELETE", (input) => `/tags/${encodeURIComponent(input.resourceArn)}`),
    UpdateAccount: on(
      "PATCH",
      () => "/account",
      ({ patchOperations }) => passes(valueAt(patchOperations, "/cloudwatchRoleArn")),
    ),
    UpdateApiKey: on("PATCH", (input) => `/apikeys/${input.apiKey}`),
    UpdateAuthorizer: on(
      "PATCH",
      (input) => `/restapis/${input.restApiId}/authorizers/${input.authorizerId}`,
      ({ patchOperations }) => passes(valueAt(patchOperations, "/authorizerCredentials")),
    ),
    UpdateDeployment: on("PATCH", (input) => `/restapis/${input.restApiId}/deployments/${input.deploymentId}`),
    UpdateGatewayResponse: on(
      "PATCH",
      (input) => `/restapis/${input.restApiId}/gatewayresponses/${input.responseType}`,
    ),
    UpdateIntegration: on(
      "PATCH",
      (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/integration`,
      ({ patchOperations }) => passes(valueAt(patchOperations, "/credentials")),
    ),
    UpdateIntegrationResponse: on(
      "PATCH",
      (input) =>
        `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/integration/responses/${input.statusCode}`,
    ),
    UpdateMethod: on(
      "PATCH",
      (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}`,
    ),
    UpdateMethodResponse: on(
      "PATCH",
      (input) =>
        `/restapis/${input.restApiId}/resources/${input.resourceId}/methods/${input.httpMethod}/responses/${input.statusCode}`,
    ),
    UpdateModel: on("PATCH", (input) => `/restapis/${input.restApiId}/models/${input.modelName}`),
    UpdateRequestValidator: on(
      "PATCH",
      (input) => `/restapis/${input.restApiId}/requestvalidators/${input.requestValidatorId}`,
    ),
    UpdateResource: on("PATCH", (input) => `/restapis/${input.restApiId}/resources/${input.resourceId}`),
    UpdateRestApi: on(
      "PATCH",
      (input) => `/restapis/${input.restApiId}`,
      ({ patchOperations = [], restApiId }, scope) =>
        setsPolicy(
          patchOperations.some(({ path }) => path === "/policy"),
          scope,
          restApiId,
        ),
    ),
    UpdateStage: on("PATCH", (input) => `/restapis/${input.restApiId}/stages/${input.stageName}`),
    UpdateUsage: on("PATCH", (input) => `/usageplans/${input.usagePlanId}/keys/${input.keyId}/usage`),
    UpdateUsagePlan: on("PATCH", (input) => `/usageplans/${input.usagePlanId}`),
  },
};
