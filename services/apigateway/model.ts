import type {
  GatewayResponseType,
  QuotaPeriodType,
  TestInvokeAuthorizerResponse,
  UnauthorizedCacheControlHeaderStrategy,
} from "@aws-sdk/client-api-gateway";

export interface Scope {
  readonly account: string;
  readonly region: string;
}

type Strings = Readonly<Record<string, string>>;
type Flags = Readonly<Record<string, boolean>>;

export interface IntegrationResponse {
  readonly statusCode: string;
  /** Java regular expression against the error message (Lambda) or the status code (others); without, the default one. */
  readonly selectionPattern?: string;
  readonly responseParameters?: Strings;
  /** Content type -> VTL; an empty one passes the body through. */
  readonly responseTemplates?: Strings;
  readonly contentHandling?: ContentHandling;
}

export type ContentHandling = "CONVERT_TO_BINARY" | "CONVERT_TO_TEXT";

export interface Integration {
  readonly type: "HTTP" | "AWS" | "MOCK" | "HTTP_PROXY" | "AWS_PROXY";
  readonly httpMethod?: string;
  readonly uri?: string;
  /** ARN of a role, or `arn:aws:iam::*:user/*` for the caller's own credentials. */
  readonly credentials?: string;
  /** `integration.request.header.x` -> `method.request.querystring.y`, `context.z`, `stageVariables.v` or `'literal'`. */
  readonly requestParameters?: Strings;
  /** Content type -> VTL. */
  readonly requestTemplates?: Strings;
  readonly passthroughBehavior: "WHEN_NO_MATCH" | "WHEN_NO_TEMPLATES" | "NEVER";
  readonly contentHandling?: ContentHandling;
  readonly timeoutInMillis: number;
  /** The cache's settings are kept; there is no cache (a stage's cache cluster is refused). */
  readonly cacheNamespace: string;
  readonly cacheKeyParameters: readonly string[];
  readonly insecureSkipVerification?: boolean;
  /** By status code. */
  readonly integrationResponses?: Readonly<Record<string, IntegrationResponse>>;
}

export interface MethodResponse {
  readonly statusCode: string;
  /** `method.response.header.x` -> required. */
  readonly responseParameters?: Flags;
  /** Content type -> name of a model. */
  readonly responseModels?: Strings;
}

export interface Method {
  /** GET, POST, ... or ANY. */
  readonly httpMethod: string;
  readonly authorizationType: "NONE" | "AWS_IAM" | "CUSTOM";
  /** Of CUSTOM. */
  readonly authorizerId?: string;
  readonly apiKeyRequired: boolean;
  readonly requestValidatorId?: string;
  readonly operationName?: string;
  /** `method.request.{path,querystring,header,multivalueheader,multivaluequerystring}.x` -> required. */
  readonly requestParameters?: Flags;
  /** Content type -> name of a model. */
  readonly requestModels?: Strings;
  /** By status code. */
  readonly methodResponses?: Readonly<Record<string, MethodResponse>>;
  readonly methodIntegration?: Integration;
}

export interface Resource {
  readonly id: string;
  /** Absent for the root. */
  readonly parentId?: string;
  /** `users`, `{id}` or `{proxy+}`; absent for the root. */
  readonly pathPart?: string;
  /** `/users/{id}`. */
  readonly path: string;
  /** By HTTP method. */
  readonly methods: Readonly<Record<string, Method>>;
}

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** JSON schema, draft 4, as text. `$ref` to other models: `https://apigateway.amazonaws.com/restapis/{id}/models/{name}`. */
  readonly schema: string;
  readonly contentType: string;
}

export interface RequestValidator {
  readonly id: string;
  readonly name?: string;
  readonly validateRequestBody: boolean;
  readonly validateRequestParameters: boolean;
}

export interface Authorizer {
  readonly id: string;
  readonly name: string;
  readonly type: "TOKEN" | "REQUEST";
  /** What a client says about it in OpenAPI documents. */
  readonly authType?: string;
  /** `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations` */
  readonly authorizerUri: string;
  readonly authorizerCredentials?: string;
  /** `method.request.header.Authorization`; of REQUEST a list with commas, absent where nothing is cached. */
  readonly identitySource?: string;
  readonly identityValidationExpression?: string;
  readonly authorizerResultTtlInSeconds: number;
}

export interface GatewayResponse {
  readonly responseType: GatewayResponseType;
  readonly statusCode?: string;
  /** `gatewayresponse.header.x` -> `'literal'`, `method.request.header.y`, `context.z`. */
  readonly responseParameters: Strings;
  /** Content type -> template of `$context.error...` (no VTL directives). */
  readonly responseTemplates: Strings;
}

/** What an invocation needs to know of an API: what a deployment freezes. */
export interface ApiDefinition {
  readonly binaryMediaTypes: readonly string[];
  /** Bytes; absent: nothing is compressed. */
  readonly minimumCompressionSize?: number;
  readonly apiKeySource: "HEADER" | "AUTHORIZER";
  /** The resource policy: JSON. */
  readonly policy?: string;
  readonly disableExecuteApiEndpoint: boolean;
  readonly rootResourceId: string;
  /** By id. */
  readonly resources: Readonly<Record<string, Resource>>;
  /** By name. */
  readonly models: Readonly<Record<string, Model>>;
  /** By id. */
  readonly validators: Readonly<Record<string, RequestValidator>>;
  /** By id. */
  readonly authorizers: Readonly<Record<string, Authorizer>>;
  /** Those that differ from the defaults (gateway-responses.ts), by type. */
  readonly gatewayResponses: Readonly<Record<string, GatewayResponse>>;
}

export interface EndpointConfiguration {
  readonly types: readonly ("EDGE" | "REGIONAL")[];
  readonly ipAddressType: "ipv4" | "dualstack";
}

/** An API as it is being edited. */
export interface RestApi {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly version?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly endpointConfiguration: EndpointConfiguration;
  readonly tags: Strings;
  readonly definition: ApiDefinition;
}

export interface Deployment {
  readonly id: string;
  readonly description?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly definition: ApiDefinition;
}

/** Absent members have their defaults: no throttling of the method's own, no logs, no metrics by method. */
export interface MethodSetting {
  readonly metricsEnabled?: boolean;
  readonly loggingLevel?: "OFF" | "ERROR" | "INFO";
  readonly dataTraceEnabled?: boolean;
  readonly throttlingBurstLimit?: number;
  /** Requests a second. */
  readonly throttlingRateLimit?: number;
  /** Of the cache, which a stage has not: without effect, as on AWS without a cache cluster. */
  readonly cachingEnabled?: boolean;
  readonly cacheTtlInSeconds?: number;
  readonly cacheDataEncrypted?: boolean;
  readonly requireAuthorizationForCacheControl?: boolean;
  readonly unauthorizedCacheControlHeaderStrategy?: UnauthorizedCacheControlHeaderStrategy;
}

export interface Stage {
  readonly apiId: string;
  readonly stageName: string;
  readonly deploymentId: string;
  readonly description?: string;
  readonly variables: Strings;
  /** By `{resource path without its first slash, "/" as "~1"}/{METHOD}`, and `*``/``*` for all methods. */
  readonly methodSettings: Readonly<Record<string, MethodSetting>>;
  readonly accessLogSettings?: { readonly format: string; readonly destinationArn: string };
  readonly tags: Strings;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ApiKey {
  readonly id: string;
  readonly value: string;
  readonly name?: string;
  readonly description?: string;
  readonly customerId?: string;
  readonly enabled: boolean;
  /** `apiId/stage`: stages that take the key without a usage plan (deprecated by AWS, kept). */
  readonly stageKeys: readonly string[];
  readonly tags: Strings;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Throttle {
  readonly burstLimit?: number;
  /** Requests a second. */
  readonly rateLimit?: number;
}

export interface Quota {
  readonly limit: number;
  /** Requests that the first period begins with as used. */
  readonly offset: number;
  readonly period: QuotaPeriodType;
}

export interface PlanStage {
  readonly apiId: string;
  readonly stage: string;
  /** By `/path/METHOD`. */
  readonly throttle?: Readonly<Record<string, Throttle>>;
}

export interface UsagePlan {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly productCode?: string;
  readonly apiStages: readonly PlanStage[];
  readonly throttle?: Throttle;
  readonly quota?: Quota;
  readonly tags: Strings;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** What is left to a key of a plan in the current period of its quota. */
export interface QuotaState {
  /** First day of the period, `YYYY-MM-DD` (UTC). */
  readonly from: string;
  /** The plan's limit when `remaining` was written. */
  readonly limit: number;
  readonly remaining: number;
}

/** A day of a key: requests made, and what was left of the quota behind the last of them. */
export interface DayUsage {
  readonly used: number;
  readonly remaining: number;
}

/** What TestInvokeMethod hands to the engine: the API as it is edited, no stage, no authorizer, no throttling. */
export interface TestInvocation extends Scope {
  readonly api: RestApi;
  readonly resource: Resource;
  readonly method: Method;
  readonly pathWithQueryString?: string;
  readonly body?: string;
  readonly headers: Strings;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly stageVariables: Strings;
}

export interface TestResult {
  readonly status: number;
  readonly body: string;
  readonly headers: Strings;
  readonly multiValueHeaders: Readonly<Record<string, string[]>>;
  readonly log: string;
  /** Milliseconds. */
  readonly latency: number;
}

export interface TestAuthorization extends Scope {
  readonly api: RestApi;
  readonly authorizer: Authorizer;
  readonly pathWithQueryString?: string;
  readonly body?: string;
  readonly headers: Strings;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly stageVariables: Strings;
}

export type AuthorizationResult = TestInvokeAuthorizerResponse;
