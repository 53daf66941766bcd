import {
  APIGatewayClient,
  CreateDeploymentCommand,
  GetExportCommand,
  GetModelsCommand,
  GetResourcesCommand,
  ImportRestApiCommand,
  PutRestApiCommand,
} from "@aws-sdk/client-api-gateway";
import { parse } from "yaml";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();
const gateway = useClient(new APIGatewayClient(target.clientConfig()));

const uri =
  "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations";

const document = {
  openapi: "3.0.1",
  info: { title: "pets", description: "all of them", version: "3" },
  "x-amazon-apigateway-request-validators": { all: { validateRequestBody: true, validateRequestParameters: true } },
  "x-amazon-apigateway-gateway-responses": { THROTTLED: { statusCode: "503" } },
  paths: {
    "/pets/{petId}": {
      put: {
        operationId: "putPet",
        security: [{ key: [], guard: [] }],
        "x-amazon-apigateway-request-validator": "all",
        parameters: [
          { name: "petId", in: "path", required: true },
          { name: "q", in: "query" },
        ],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } } },
        responses: {
          200: {
            headers: { "X-A": {} },
            content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } },
          },
        },
        "x-amazon-apigateway-integration": {
          type: "aws",
          httpMethod: "POST",
          uri,
          requestTemplates: { "application/json": "$input.body" },
          responses: {
            default: { statusCode: "200", responseParameters: { "method.response.header.X-A": "'1'" } },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Pet: { type: "object", properties: { kind: { $ref: "#/components/schemas/Kind" } } },
      Kind: { type: "string" },
    },
    securitySchemes: {
      key: { type: "apiKey", name: "x-api-key", in: "header" },
      guard: {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": { type: "token", authorizerUri: uri, authorizerResultTtlInSeconds: 60 },
      },
    },
  },
};

const importApi = async (definition: object | string) => {
  const body = Buffer.from(typeof definition === "string" ? definition : JSON.stringify(definition));
  const { id = "" } = await gateway.send(new ImportRestApiCommand({ body }));
  return id;
};

async function deployed(): Promise<string> {
  const id = await importApi(document);
  await gateway.send(new CreateDeploymentCommand({ restApiId: id, stageName: "dev" }));
  return id;
}

async function exported(restApiId: string, exportType: string, extensions?: string, accepts?: string) {
  const parameters = extensions === undefined ? undefined : { extensions };
  const stageName = "dev";
  const answer = await gateway.send(new GetExportCommand({ restApiId, stageName, exportType, parameters, accepts }));
  return { ...answer, text: Buffer.from(answer.body ?? []).toString("utf8") };
}

/** What an API is, without the ids that each has of its own. */
async function definitionOf(restApiId: string): Promise<unknown> {
  const resources = await gateway.send(new GetResourcesCommand({ restApiId, embed: ["methods"] }));
  const models = await gateway.send(new GetModelsCommand({ restApiId }));
  const own = new Set(["id", "parentId", "authorizerId", "requestValidatorId", "cacheNamespace"]);
  const text = JSON.stringify([resources.items, models.items], (key, value: unknown) => (own.has(key) ? "*" : value));
  return JSON.parse(text.replaceAll(restApiId, "*"));
}

describe("GetExport", () => {
  it.each(["oas30", "swagger"])("makes a document (%s) of which the same API is imported", async (type) => {
    const id = await deployed();
    const { text, contentType } = await exported(id, type, "apigateway");
    expect(contentType).toBe("application/json");
    const again = await importApi(text);
    expect(await definitionOf(again)).toEqual(await definitionOf(id));
  });

  it("speaks of what the stage answers with, not of what is being edited", async () => {
    const id = await deployed();
    const added = { swagger: "2.0", info: { title: "x", version: "1" }, paths: { "/new": { get: {} } } };
    await gateway.send(new PutRestApiCommand({ restApiId: id, body: Buffer.from(JSON.stringify(added)) }));
    const { text } = await exported(id, "oas30");
    expect(Object.keys(JSON.parse(text).paths)).toEqual(["/pets/{petId}"]);
  });

  it("has the extensions that are asked for, and YAML if that is", async () => {
    const id = await deployed();
    const plain = await exported(id, "swagger", undefined, "application/yaml");
    expect(plain.contentType).toBe("application/yaml");
    expect(plain.text).not.toContain("x-amazon-apigateway-");
    expect(parse(plain.text)).toMatchObject({ swagger: "2.0", basePath: "/dev", info: document.info });
    const { text } = await exported(id, "oas30", "integrations");
    expect(text).toContain("x-amazon-apigateway-integration");
    expect(text).not.toContain("x-amazon-apigateway-authorizer");
  });

  it("refuses types and extensions that there are not", async () => {
    const id = await deployed();
    await expect(exported(id, "raml")).rejects.toThrow("No API exporter for type 'raml'");
    await expect(exported(id, "oas30", "postman")).rejects.toMatchObject({ name: "NotImplemented" });
  });
});
