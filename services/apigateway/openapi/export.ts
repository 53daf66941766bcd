import type { ApiDefinition, Authorizer, Integration, Method, Resource, RestApi } from "../model.ts";
import type { Node } from "./document.ts";

export type ExportVersion = 2 | 3;

/** Which extensions an export has: without, the document says nothing of API Gateway. */
export interface Extensions {
  readonly integrations: boolean;
  readonly authorizers: boolean;
  /** Everything else: validators, gateway responses, settings. */
  readonly apigateway: boolean;
}

export interface ExportRequest {
  readonly version: ExportVersion;
  readonly api: RestApi;
  readonly stageName: string;
  readonly region: string;
  /** What the stage answers with. */
  readonly definition: ApiDefinition;
  readonly extensions: Extensions;
}

const JSON_TYPE = "application/json";

/** The stage of an API as an OpenAPI 3.0 or Swagger 2 document. Importing it again makes the same API. */
export function exportDocument(request: ExportRequest): Node {
  const { version, api, definition, extensions } = request;
  const info = {
    title: api.name,
    ...(api.description !== undefined && { description: api.description }),
    version: api.version ?? new Date(api.createdAt).toISOString().replace(/\.\d+Z$/, "Z"),
  };
  const paths = Object.fromEntries(
    Object.values(definition.resources)
      .filter(({ methods }) => Object.keys(methods).length > 0)
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      .map((resource) => [resource.path, pathItem(request, resource)]),
  );
  const host = `${api.id}.execute-api.${request.region}.amazonaws.com`;
  const variables = { basePath: { default: `/${request.stageName}` } };
  const schemas = exportedSchemas(version, definition);
  const schemes = securitySchemes(definition, extensions);
  const settings = extensions.apigateway ? apiExtensions(definition) : {};
  return version === 2
    ? {
        swagger: "2.0",
        info,
        host,
        basePath: `/${request.stageName}`,
        schemes: ["https"],
        paths,
        ...(Object.keys(schemes).length > 0 && { securityDefinitions: schemes }),
        ...(Object.keys(schemas).length > 0 && { definitions: schemas }),
        ...settings,
      }
    : {
        openapi: "3.0.1",
        info,
        servers: [{ url: `https://${host}/{basePath}`, variables }],
        paths,
        components: {
          ...(Object.keys(schemas).length > 0 && { schemas }),
          ...(Object.keys(schemes).length > 0 && { securitySchemes: schemes }),
        },
        ...settings,
      };
}

const reference = (version: ExportVersion, name: string) => ({
  $ref: version === 2 ? `#/definitions/${name}` : `#/components/schemas/${name}`,
});

/** References to models become references within the document. */
function exportedSchemas(version: ExportVersion, { models }: ApiDefinition): Node {
  const json = Object.values(models).filter(({ contentType }) => contentType.includes("json"));
  return Object.fromEntries(
    json.map(({ name, schema }) => [
      name,
      JSON.parse(schema, (key, value: unknown) => {
        const model = key === "$ref" && typeof value === "string" ? /\/models\/([^/]+)$/.exec(value)?.[1] : undefined;
        return model === undefined ? value : reference(version, model).$ref;
      }),
    ]),
  );
}

function securitySchemes({ authorizers, resources }: ApiDefinition, extensions: Extensions): Node {
  const methods = Object.values(resources).flatMap((resource) => Object.values(resource.methods));
  const signed = methods.some(({ authorizationType }) => authorizationType === "AWS_IAM");
  const header = { type: "apiKey", in: "header" };
  const shown = extensions.authorizers || extensions.apigateway;
  return {
    ...(methods.some(({ apiKeyRequired }) => apiKeyRequired) && { api_key: { ...header, name: "x-api-key" } }),
    ...(shown && signed && { sigv4: { ...header, name: "Authorization", "x-amazon-apigateway-authtype": "awsSigv4" } }),
    ...(shown && Object.fromEntries(Object.values(authorizers).map((one) => [one.name, authorizerScheme(one)]))),
  };
}

function authorizerScheme({ id: _id, name: _name, type, authType, ...rest }: Authorizer): Node {
  const header = type === "TOKEN" ? /^method\.request\.header\.(.+)$/.exec(rest.identitySource ?? "")?.[1] : undefined;
  return {
    type: "apiKey",
    name: header ?? "Unused",
    in: "header",
    "x-amazon-apigateway-authtype": authType ?? "custom",
    "x-amazon-apigateway-authorizer": { type: type.toLowerCase(), ...rest },
  };
}

function apiExtensions(definition: ApiDefinition): Node {
  const validators = Object.values(definition.validators).filter(({ name }) => name !== undefined);
  const { binaryMediaTypes, minimumCompressionSize, policy, gatewayResponses } = definition;
  return {
    ...(validators.length > 0 && {
      "x-amazon-apigateway-request-validators": Object.fromEntries(
        validators.map(({ id: _id, name, ...settings }) => [name, settings]),
      ),
    }),
    ...(Object.keys(gatewayResponses).length > 0 && {
      "x-amazon-apigateway-gateway-responses": Object.fromEntries(
        Object.values(gatewayResponses).map(({ responseType, ...response }) => [responseType, response]),
      ),
    }),
    ...(binaryMediaTypes.length > 0 && { "x-amazon-apigateway-binary-media-types": binaryMediaTypes }),
    ...(minimumCompressionSize !== undefined && {
      "x-amazon-apigateway-minimum-compression-size": minimumCompressionSize,
    }),
    ...(definition.apiKeySource === "AUTHORIZER" && { "x-amazon-apigateway-api-key-source": "AUTHORIZER" }),
    ...(policy !== undefined && { "x-amazon-apigateway-policy": JSON.parse(policy) as unknown }),
  };
}

const pathItem = (request: ExportRequest, { methods }: Resource): Node =>
  Object.fromEntries(
    Object.values(methods).map((method) => [
      method.httpMethod === "ANY" ? "x-amazon-apigateway-any-method" : method.httpMethod.toLowerCase(),
      operationOf(request, method),
    ]),
  );

function operationOf({ version, definition, extensions }: ExportRequest, method: Method): Node {
  const validator = definition.validators[method.requestValidatorId ?? ""]?.name;
  const security = securityOf(definition, method, extensions);
  const withIntegration = extensions.integrations || extensions.apigateway;
  return {
    ...(method.operationName !== undefined && { operationId: method.operationName }),
    ...requestOf(version, method),
    responses: responsesOf(version, method),
    ...(security.length > 0 && { security }),
    ...(extensions.apigateway && validator !== undefined && { "x-amazon-apigateway-request-validator": validator }),
    ...(withIntegration &&
      method.methodIntegration && {
        "x-amazon-apigateway-integration": integrationExtension(method.methodIntegration),
      }),
  };
}

function securityOf({ authorizers }: ApiDefinition, method: Method, extensions: Extensions): Node[] {
  const shown = extensions.authorizers || extensions.apigateway;
  const authorizer = authorizers[method.authorizerId ?? ""]?.name;
  return [
    ...(shown && authorizer !== undefined ? [{ [authorizer]: [] }] : []),
    ...(shown && method.authorizationType === "AWS_IAM" ? [{ sigv4: [] }] : []),
    ...(method.apiKeyRequired ? [{ api_key: [] }] : []),
  ];
}

const PLACES: Readonly<Record<string, string>> = { path: "path", querystring: "query", header: "header" };

function requestOf(version: ExportVersion, { requestParameters = {}, requestModels = {} }: Method): Node {
  const string = version === 2 ? { type: "string" } : { schema: { type: "string" } };
  const parameters: Node[] = Object.entries(requestParameters).flatMap(([parameter, required]) => {
    const [, place = "", name = ""] = /^method\.request\.(\w+)\.(.+)$/.exec(parameter) ?? [];
    const location = PLACES[place.replace("multivalue", "")];
    return location === undefined ? [] : [{ name, in: location, required: required || place === "path", ...string }];
  });
  const models = Object.entries(requestModels);
  const [first] = models;
  if (version === 2) {
    const body = first && { in: "body", name: first[1], required: true, schema: reference(2, first[1]) };
    const all = [...parameters, ...(body ? [body] : [])];
    return { ...(first && { consumes: models.map(([type]) => type) }), ...(all.length > 0 && { parameters: all }) };
  }
  const requestBody = { content: contentOf(requestModels), required: true };
  return { ...(parameters.length > 0 && { parameters }), ...(first && { requestBody }) };
}

const contentOf = (models: Readonly<Record<string, string>>): Node =>
  Object.fromEntries(Object.entries(models).map(([type, name]) => [type, { schema: reference(3, name) }]));

function responsesOf(version: ExportVersion, { methodResponses = {} }: Method): Node {
  const string = version === 2 ? { type: "string" } : { schema: { type: "string" } };
  return Object.fromEntries(
    Object.values(methodResponses).map(({ statusCode, responseParameters = {}, responseModels = {} }) => {
      const names = Object.keys(responseParameters).map((parameter) => parameter.split(".").slice(3).join("."));
      const model = responseModels[JSON_TYPE] ?? Object.values(responseModels)[0];
      const schema =
        version === 2 ? model !== undefined && { schema: reference(2, model) } : { content: contentOf(responseModels) };
      return [
        statusCode,
        {
          description: `${statusCode} response`,
          ...(names.length > 0 && { headers: Object.fromEntries(names.map((name) => [name, string])) }),
          ...schema,
        },
      ];
    }),
  );
}

function integrationExtension(integration: Integration): Node {
  const { integrationResponses = {}, insecureSkipVerification, cacheNamespace: _namespace, ...rest } = integration;
  const { cacheKeyParameters, timeoutInMillis, ...settings } = rest;
  const responses = Object.values(integrationResponses).map(({ selectionPattern, ...response }) => [
    selectionPattern === undefined || selectionPattern === "" ? "default" : selectionPattern,
    response,
  ]);
  return {
    ...settings,
    type: integration.type.toLowerCase(),
    passthroughBehavior: integration.passthroughBehavior.toLowerCase(),
    ...(timeoutInMillis !== 29_000 && { timeoutInMillis }),
    ...(cacheKeyParameters.length > 0 && { cacheKeyParameters }),
    ...(insecureSkipVerification !== undefined && { tlsConfig: { insecureSkipVerification } }),
    ...(responses.length > 0 && { responses: Object.fromEntries(responses) as Node }),
  };
}
