import type * as sdk from "@aws-sdk/client-api-gateway";
import { gatewayResponse } from "./gateway-responses.ts";
import type {
  ApiDefinition,
  ApiKey,
  Authorizer,
  Deployment,
  Integration,
  Method,
  MethodSetting,
  Resource,
  RestApi,
  Stage,
  UsagePlan,
} from "./model.ts";
import type { GatewayResponseType } from "@aws-sdk/client-api-gateway";

/** Lists answer tags only where there are some, single resources always. */
type Tags = "always" | "when some";

const tagsOf = (tags: Readonly<Record<string, string>>, show: Tags) =>
  (show === "always" || Object.keys(tags).length > 0) && { tags: { ...tags } };

/** API Gateway's times are whole seconds. */
const seconds = (atMs: number): Date => new Date(Math.floor(atMs / 1000) * 1000);

export function apiView(
  { id, name, description, version, createdAt, endpointConfiguration, tags, definition }: RestApi,
  show: Tags = "always",
  warnings?: readonly string[],
): sdk.RestApi {
  const { binaryMediaTypes, minimumCompressionSize, apiKeySource, policy, disableExecuteApiEndpoint } = definition;
  return {
    id,
    name,
    ...(description !== undefined && { description }),
    ...(version !== undefined && { version }),
    createdDate: seconds(createdAt),
    ...(binaryMediaTypes.length > 0 && { binaryMediaTypes: [...binaryMediaTypes] }),
    ...(minimumCompressionSize !== undefined && { minimumCompressionSize }),
    apiKeySource,
    endpointConfiguration: { ...endpointConfiguration, types: [...endpointConfiguration.types] },
    // AWS answers the document as the inside of a JSON string
    ...(policy !== undefined && { policy: JSON.stringify(JSON.stringify(JSON.parse(policy))).slice(1, -1) }),
    ...tagsOf(tags, show),
    disableExecuteApiEndpoint,
    rootResourceId: definition.rootResourceId,
    ...(warnings && warnings.length > 0 && { warnings: [...warnings] }),
  };
}

/** @param withMethods whether the methods are embedded, or only named */
export function resourceView({ id, parentId, pathPart, path, methods }: Resource, withMethods = false): sdk.Resource {
  const named = Object.entries(methods).map(([name, method]) => [name, withMethods ? methodView(method) : {}]);
  return {
    id,
    ...(parentId !== undefined && { parentId, pathPart }),
    path,
    ...(named.length > 0 && { resourceMethods: Object.fromEntries(named) as Record<string, sdk.Method> }),
  };
}

export const methodView = ({ methodIntegration, ...method }: Method): sdk.Method => ({
  ...method,
  ...(methodIntegration && { methodIntegration: integrationView(methodIntegration) }),
});

export const integrationView = ({ insecureSkipVerification, ...integration }: Integration): sdk.Integration => ({
  ...integration,
  cacheKeyParameters: [...integration.cacheKeyParameters],
  ...(insecureSkipVerification !== undefined && { tlsConfig: { insecureSkipVerification } }),
});

export const authorizerView = (authorizer: Authorizer): sdk.Authorizer => ({
  ...authorizer,
  authType: authorizer.authType ?? "custom",
});

export const gatewayResponseView = (definition: ApiDefinition, type: GatewayResponseType): sdk.GatewayResponse =>
  gatewayResponse(definition, type);

export function deploymentView(
  { id, description, createdAt, definition }: Deployment,
  withSummary = false,
): sdk.Deployment {
  return {
    id,
    ...(description !== undefined && { description }),
    createdDate: seconds(createdAt),
    ...(withSummary && { apiSummary: summary(definition) }),
  };
}

function summary({ resources }: ApiDefinition): Record<string, Record<string, sdk.MethodSnapshot>> {
  const paths = Object.values(resources).filter(({ methods }) => Object.keys(methods).length > 0);
  return Object.fromEntries(
    paths.map(({ path, methods }) => [
      path,
      Object.fromEntries(
        Object.values(methods).map(({ httpMethod, authorizationType, apiKeyRequired }) => [
          httpMethod,
          { authorizationType, apiKeyRequired },
        ]),
      ),
    ]),
  );
}

const METHOD_SETTING_DEFAULTS = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: "SUCCEED_WITH_RESPONSE_HEADER",
} as const;

const methodSettingView = (setting: MethodSetting): sdk.MethodSetting => ({ ...METHOD_SETTING_DEFAULTS, ...setting });

export function stageView(stage: Stage, show: Tags = "always"): sdk.Stage {
  const { apiId: _apiId, createdAt, updatedAt, variables, tags, methodSettings, accessLogSettings, ...rest } = stage;
  return {
    ...rest,
    cacheClusterEnabled: false,
    cacheClusterStatus: "NOT_AVAILABLE",
    methodSettings: Object.fromEntries(
      Object.entries(methodSettings).map(([key, setting]) => [key, methodSettingView(setting)]),
    ),
    ...(Object.keys(variables).length > 0 && { variables: { ...variables } }),
    ...(accessLogSettings && { accessLogSettings }),
    tracingEnabled: false,
    ...tagsOf(tags, show),
    createdDate: seconds(createdAt),
    lastUpdatedDate: seconds(updatedAt),
  };
}

export function keyView(key: ApiKey, includeValue: boolean, show: Tags = "always"): sdk.ApiKey {
  const { value, tags, stageKeys, createdAt, updatedAt, ...rest } = key;
  return {
    ...rest,
    ...(includeValue && { value }),
    stageKeys: [...stageKeys],
    ...tagsOf(tags, show),
    createdDate: seconds(createdAt),
    lastUpdatedDate: seconds(updatedAt),
  };
}

export function planView(
  { createdAt: _createdAt, apiStages, tags, ...plan }: UsagePlan,
  show: Tags = "always",
): sdk.UsagePlan {
  return {
    ...plan,
    apiStages: apiStages.map(({ apiId, stage, throttle }) => ({ apiId, stage, ...(throttle && { throttle }) })),
    ...tagsOf(tags, show),
  };
}

export const planKeyView = ({ id, value, name }: ApiKey): sdk.UsagePlanKey => ({
  id,
  type: "API_KEY",
  value,
  ...(name !== undefined && { name }),
});
