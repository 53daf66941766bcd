import {
  authorizerNotFound,
  deploymentNotFound,
  integrationNotFound,
  keyNotFound,
  methodNotFound,
  modelNotFound,
  planNotFound,
  resourceNotFound,
  stageNotFound,
  statusCodeNotFound,
  validatorNotFound,
} from "./errors.ts";
import type {
  ApiKey,
  Authorizer,
  Deployment,
  Integration,
  IntegrationResponse,
  Method,
  MethodResponse,
  Model,
  RequestValidator,
  Resource,
  RestApi,
  Stage,
  UsagePlan,
} from "./model.ts";
import { own } from "./own.ts";
import type { ApiGatewayStore } from "./store.ts";

interface ResourceId {
  readonly restApiId: string;
  readonly resourceId: string;
}

interface MethodId extends ResourceId {
  readonly httpMethod: string;
}

/** AWS does not tell an unknown API from an unknown resource here. @throws NotFoundException */
export function requireResource(
  store: ApiGatewayStore,
  { restApiId, resourceId }: ResourceId,
): { api: RestApi; resource: Resource } {
  const api = store.findApi(restApiId);
  const resource = own(api?.definition.resources, resourceId);
  if (!api || !resource) throw resourceNotFound();
  return { api, resource };
}

/** @throws NotFoundException */
export function requireMethod(
  store: ApiGatewayStore,
  id: MethodId,
): { api: RestApi; resource: Resource; method: Method } {
  const { api, resource } = requireResource(store, id);
  const method = own(resource.methods, id.httpMethod);
  if (!method) throw methodNotFound();
  return { api, resource, method };
}

/** @throws NotFoundException */
export function requireIntegration(store: ApiGatewayStore, id: MethodId): { method: Method; integration: Integration } {
  const { method } = requireMethod(store, id);
  if (!method.methodIntegration) throw integrationNotFound();
  return { method, integration: method.methodIntegration };
}

/** @throws NotFoundException */
export function requireMethodResponse(
  store: ApiGatewayStore,
  id: MethodId & { readonly statusCode: string },
): { method: Method; response: MethodResponse } {
  const { method } = requireMethod(store, id);
  const response = own(method.methodResponses, id.statusCode);
  if (!response) throw statusCodeNotFound();
  return { method, response };
}

/** @throws NotFoundException */
export function requireIntegrationResponse(
  store: ApiGatewayStore,
  id: MethodId & { readonly statusCode: string },
): { method: Method; integration: Integration; response: IntegrationResponse } {
  const { method, integration } = requireIntegration(store, id);
  const response = own(integration.integrationResponses, id.statusCode);
  if (!response) throw statusCodeNotFound();
  return { method, integration, response };
}

/** Puts a method in the place of the one with its name; undefined removes that. */
export function putMethod(store: ApiGatewayStore, id: MethodId, method: Method | undefined): void {
  store.changeDefinition(id.restApiId, ({ resources }) => {
    const resource = own(resources, id.resourceId);
    if (!resource) throw resourceNotFound();
    const { [id.httpMethod]: _before, ...others } = resource.methods;
    const methods = method ? { ...others, [id.httpMethod]: method } : others;
    return { resources: { ...resources, [id.resourceId]: { ...resource, methods } } };
  });
}

/** @throws NotFoundException */
export function requireModel(store: ApiGatewayStore, apiId: string, name: string): Model {
  const model = own(store.findApi(apiId)?.definition.models, name);
  if (!model) throw modelNotFound(name);
  return model;
}

/** @throws NotFoundException */
export function requireValidator(store: ApiGatewayStore, apiId: string, id: string): RequestValidator {
  const validator = own(store.findApi(apiId)?.definition.validators, id);
  if (!validator) throw validatorNotFound();
  return validator;
}

/** @throws NotFoundException */
export function requireAuthorizer(store: ApiGatewayStore, apiId: string, id: string): Authorizer {
  const authorizer = own(store.findApi(apiId)?.definition.authorizers, id);
  if (!authorizer) throw authorizerNotFound();
  return authorizer;
}

/** @throws NotFoundException */
export function requireDeployment(store: ApiGatewayStore, apiId: string, id: string): Deployment {
  const deployment = store.deployment(apiId, id);
  if (!deployment) throw deploymentNotFound();
  return deployment;
}

/** @throws NotFoundException */
export function requireStage(store: ApiGatewayStore, apiId: string, name: string): Stage {
  const stage = store.stage(apiId, name);
  if (!stage) throw stageNotFound();
  return stage;
}

/** @throws NotFoundException */
export function requireKey(store: ApiGatewayStore, id: string): ApiKey {
  const key = store.apiKey(id);
  if (!key) throw keyNotFound();
  return key;
}

/** @throws NotFoundException */
export function requirePlan(store: ApiGatewayStore, id: string): UsagePlan {
  const plan = store.plan(id);
  if (!plan) throw planNotFound();
  return plan;
}

/** Every method of an API with its resource, in the order of their paths. */
export function* methodsOf({ definition }: RestApi): Generator<{ resource: Resource; method: Method }> {
  const resources = Object.values(definition.resources).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const resource of resources) {
    for (const method of Object.values(resource.methods)) yield { resource, method };
  }
}
