import {
  APIGatewayClient,
  GetAuthorizersCommand,
  GetModelsCommand,
  GetRequestValidatorsCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  ImportRestApiCommand,
  PutRestApiCommand,
} from "@aws-sdk/client-api-gateway";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();
const gateway = useClient(new APIGatewayClient(target.clientConfig()));

const uri =
  "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations";

const swagger = {
  swagger: "2.0",
  info: { title: "pets", description: "all of them", version: "3" },
  basePath: "/v1/store",
  "x-amazon-apigateway-binary-media-types": ["image/png"],
  "x-amazon-apigateway-request-validators": { all: { validateRequestBody: true, validateRequestParameters: true } },
  "x-amazon-apigateway-request-validator": "all",
  "x-amazon-apigateway-gateway-responses": {
    DEFAULT_4XX: { responseParameters: { "gatewayresponse.header.x": "'y'" } },
  },
  securityDefinitions: {
    key: { type: "apiKey", name: "x-api-key", in: "header" },
    guard: {
      type: "apiKey",
      name: "Authorization",
      in: "header",
      "x-amazon-apigateway-authtype": "custom",
      "x-amazon-apigateway-authorizer": { type: "token", authorizerUri: uri, authorizerResultTtlInSeconds: 60 },
    },
  },
  paths: {
    "/pets/{petId}": {
      parameters: [{ name: "petId", in: "path", required: true, type: "string" }],
      get: {
        operationId: "getPet",
        security: [{ key: [], guard: [] }],
        parameters: [{ name: "verbose", in: "query", type: "boolean" }],
        responses: {
          200: {
            description: "a pet",
            headers: { "X-Count": { type: "integer" } },
            schema: { $ref: "#/definitions/Pet" },
          },
        },
        "x-amazon-apigateway-integration": {
          type: "http",
          httpMethod: "get",
          uri: "http://example.com/{petId}",
          requestParameters: { "integration.request.path.petId": "method.request.path.petId" },
          responses: {
            default: { statusCode: "200", responseParameters: { "method.response.header.X-Count": "'1'" } },
          },
        },
      },
      "x-amazon-apigateway-any-method": {
        "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri },
      },
    },
  },
  definitions: {
    Pet: { type: "object", properties: { kind: { $ref: "#/definitions/Kind" } } },
    Kind: { type: "string", enum: ["cat", "dog"] },
  },
};

const body = (document: unknown) => Buffer.from(typeof document === "string" ? document : JSON.stringify(document));

const importApi = (document: unknown, parameters?: Record<string, string>, failOnWarnings?: boolean) =>
  gateway.send(new ImportRestApiCommand({ body: body(document), parameters, failOnWarnings }));

const resourcesOf = async (restApiId: string | undefined) =>
  (await gateway.send(new GetResourcesCommand({ restApiId, embed: ["methods"] }))).items ?? [];

describe("ImportRestApi", () => {
  describe("behaviour", () => {
    it("makes resources, methods, models, authorizers and validators of a Swagger document", async () => {
      const api = await importApi(swagger);
      expect(api).toMatchObject({
        name: "pets",
        description: "all of them",
        version: "3",
        binaryMediaTypes: ["image/png"],
      });
      const resources = await resourcesOf(api.id);
      expect(resources.map(({ path }) => path)).toEqual(["/", "/pets", "/pets/{petId}"]);

      const { items: [validator] = [] } = await gateway.send(new GetRequestValidatorsCommand({ restApiId: api.id }));
      const { items: [authorizer] = [] } = await gateway.send(new GetAuthorizersCommand({ restApiId: api.id }));
      expect(authorizer).toMatchObject({
        name: "guard",
        type: "TOKEN",
        identitySource: "method.request.header.Authorization",
        authorizerResultTtlInSeconds: 60,
      });
      const pet = resources.at(-1);
      expect(pet?.resourceMethods?.["GET"]).toEqual({
        httpMethod: "GET",
        operationName: "getPet",
        apiKeyRequired: true,
        authorizationType: "CUSTOM",
        authorizerId: authorizer?.id,
        requestValidatorId: validator?.id,
        requestParameters: { "method.request.path.petId": true, "method.request.querystring.verbose": false },
        methodResponses: {
          200: {
            statusCode: "200",
            responseModels: { "application/json": "Pet" },
            responseParameters: { "method.response.header.X-Count": false },
          },
        },
        methodIntegration: {
          type: "HTTP",
          httpMethod: "GET",
          uri: "http://example.com/{petId}",
          requestParameters: { "integration.request.path.petId": "method.request.path.petId" },
          passthroughBehavior: "WHEN_NO_MATCH",
          timeoutInMillis: 29_000,
          cacheNamespace: pet?.id,
          cacheKeyParameters: [],
          integrationResponses: {
            200: { statusCode: "200", responseParameters: { "method.response.header.X-Count": "'1'" } },
          },
        },
      });
      expect(pet?.resourceMethods?.["ANY"]?.methodIntegration).toMatchObject({ type: "AWS_PROXY", uri });

      const { items: models = [] } = await gateway.send(new GetModelsCommand({ restApiId: api.id }));
      expect(models.map(({ name }) => name)).toEqual(["Kind", "Pet"]);
      expect(JSON.parse(models[1]?.schema ?? "").properties.kind).toEqual({
        $ref: `https://apigateway.amazonaws.com/restapis/${api.id}/models/Kind`,
      });
    });

    it("reads OpenAPI 3 in YAML, with its request bodies", async () => {
      const api = await importApi(
        `
openapi: 3.0.1
info: { title: orders, version: "1" }
servers: [{ url: "https://example.com/{basePath}", variables: { basePath: { default: /v2 } } }]
paths:
  /orders:
    post:
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
      responses: { "201": { content: { application/json: { schema: { type: object } } } } }
      x-amazon-apigateway-integration: { type: mock, requestTemplates: { application/json: '{"statusCode":201}' } }
components:
  schemas:
    Order: { type: object, required: [id], properties: { id: { type: string } } }
`,
        { basepath: "prepend", endpointConfigurationTypes: "REGIONAL" },
      );
      expect(api.endpointConfiguration?.types).toEqual(["REGIONAL"]);
      const resources = await resourcesOf(api.id);
      expect(resources.map(({ path }) => path)).toEqual(["/", "/v2", "/v2/orders"]);
      expect(resources.at(-1)?.resourceMethods?.["POST"]).toMatchObject({
        requestModels: { "application/json": "Order" },
        methodResponses: { 201: { responseModels: { "application/json": expect.stringMatching(/^MODEL/) } } },
      });
    });

    it("leaves references to unknown models away, and says so", async () => {
      const document = {
        ...swagger,
        paths: { "/a": { get: { responses: { 200: { schema: { $ref: "#/definitions/Nothing" } } } } } },
      };
      const warning = "Reference to model 'Nothing' not found. Ignoring.";
      expect((await importApi(document)).warnings).toEqual([warning]);
      await expect(importApi(document, undefined, true)).rejects.toThrow(`Warnings found during import:\n\t${warning}`);
    });
  });

  describe("validation", () => {
    it("refuses what is no OpenAPI document", async () => {
      for (const document of ["{", "[]", { openapi: "3.1.0" }]) {
        await expect(importApi(document)).rejects.toMatchObject({
          name: "BadRequestException",
          message: "Invalid OpenAPI input.",
        });
      }
    });

    it("names method and path of an integration that API Gateway does not take", async () => {
      const integration = { type: "aws", httpMethod: "POST", uri: "arn:nonsense" };
      const paths = { "/a": { get: { "x-amazon-apigateway-integration": integration } } };
      await expect(importApi({ ...swagger, paths })).rejects.toThrow(
        "Errors found during import:\n\tUnable to put integration on 'GET' for resource at path '/a': Invalid ARN specified in the request",
      );
    });

    it("refuses extensions and parameters that it does not read, by name", async () => {
      await expect(importApi({ ...swagger, "x-amazon-apigateway-documentation": {} })).rejects.toMatchObject({
        name: "NotImplemented",
        message: "The extension x-amazon-apigateway-documentation is not supported by Headwater.",
      });
      await expect(importApi(swagger, { colour: "red" })).rejects.toThrow("The parameter colour=red of an import");
    });
  });
});

describe("PutRestApi", () => {
  const addition = {
    swagger: "2.0",
    info: { title: "other", version: "4" },
    paths: { "/extra": { get: { "x-amazon-apigateway-integration": { type: "mock" } } } },
  };

  it("merges a document into an API, which keeps its name", async () => {
    const { id, rootResourceId } = await importApi(swagger);
    const api = await gateway.send(new PutRestApiCommand({ restApiId: id, mode: "merge", body: body(addition) }));
    expect(api).toMatchObject({ name: "pets", rootResourceId });
    expect((await resourcesOf(id)).map(({ path }) => path)).toEqual(["/", "/extra", "/pets", "/pets/{petId}"]);
  });

  it("overwrites the definition of an API, which keeps its id and its root", async () => {
    const { id, rootResourceId } = await importApi(swagger);
    await gateway.send(new PutRestApiCommand({ restApiId: id, mode: "overwrite", body: body(addition) }));
    const api = await gateway.send(new GetRestApiCommand({ restApiId: id }));
    expect(api).toMatchObject({ name: "other", version: "4", rootResourceId });
    expect(api).not.toHaveProperty("binaryMediaTypes");
    expect((await resourcesOf(id)).map(({ path }) => path)).toEqual(["/", "/extra"]);
    expect((await gateway.send(new GetModelsCommand({ restApiId: id }))).items).toEqual([]);
  });

  it("changes nothing when the document has an error", async () => {
    const { id } = await importApi(swagger);
    const broken = { ...addition, paths: { "/b": { get: { "x-amazon-apigateway-integration": { type: "http" } } } } };
    const put = new PutRestApiCommand({ restApiId: id, mode: "overwrite", body: body(broken) });
    await expect(gateway.send(put)).rejects.toThrow("Errors found during import");
    expect((await resourcesOf(id)).map(({ path }) => path)).toEqual(["/", "/pets", "/pets/{petId}"]);
  });
});
