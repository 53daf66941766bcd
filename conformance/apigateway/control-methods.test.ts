import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateRestApiCommand,
  DeleteAuthorizerCommand,
  DeleteGatewayResponseCommand,
  DeleteIntegrationResponseCommand,
  DeleteMethodCommand,
  DeleteModelCommand,
  DeleteRequestValidatorCommand,
  GetGatewayResponseCommand,
  GetGatewayResponsesCommand,
  GetIntegrationCommand,
  GetIntegrationResponseCommand,
  GetMethodCommand,
  GetModelsCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateAuthorizerCommand,
  UpdateGatewayResponseCommand,
  UpdateIntegrationCommand,
  UpdateIntegrationResponseCommand,
  UpdateMethodCommand,
  UpdateMethodResponseCommand,
  UpdateModelCommand,
  UpdateRequestValidatorCommand,
  type PatchOperation,
  type PutIntegrationCommandInput,
  type PutMethodCommandInput,
} from "@aws-sdk/client-api-gateway";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();
const gateway = useClient(new APIGatewayClient(target.clientConfig()));

const LAMBDA =
  "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations";
const ROLE = "arn:aws:iam::000000000000:role/r";

interface Place {
  restApiId: string | undefined;
  resourceId: string | undefined;
  httpMethod: string;
}

/** An API with a method on its root. */
async function withMethod(method: Partial<PutMethodCommandInput> = {}): Promise<Place> {
  const { id, rootResourceId } = await gateway.send(new CreateRestApiCommand({ name: "a" }));
  const place = { restApiId: id, resourceId: rootResourceId, httpMethod: "GET" };
  await gateway.send(new PutMethodCommand({ ...place, authorizationType: "NONE", ...method }));
  return place;
}

const putIntegration = (place: Place, integration: Partial<PutIntegrationCommandInput>) =>
  gateway.send(new PutIntegrationCommand({ ...place, type: "MOCK", ...integration }));

const updateMethod = (place: Place, ...patchOperations: PatchOperation[]) =>
  gateway.send(new UpdateMethodCommand({ ...place, patchOperations }));

const authorizerFor = (restApiId: string | undefined, name = "guard") =>
  gateway.send(
    new CreateAuthorizerCommand({
      restApiId,
      name,
      type: "TOKEN",
      authorizerUri: LAMBDA,
      identitySource: "method.request.header.Authorization",
    }),
  );

describe("PutMethod", () => {
  it("answers the method, and refuses it a second time", async () => {
    const place = await withMethod({
      requestParameters: { "method.request.querystring.q": true },
      operationName: "Op",
    });
    const method = await gateway.send(new GetMethodCommand(place));
    expect(method).toMatchObject({
      httpMethod: "GET",
      authorizationType: "NONE",
      apiKeyRequired: false,
      operationName: "Op",
      requestParameters: { "method.request.querystring.q": true },
    });
    await expect(gateway.send(new PutMethodCommand({ ...place, authorizationType: "NONE" }))).rejects.toMatchObject({
      name: "ConflictException",
      message: "Method already exists for this resource",
    });
  });

  it.each<[Partial<PutMethodCommandInput>, string]>([
    [
      { httpMethod: "FETCH" },
      "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
    ],
    [
      { authorizationType: "CUSTOM" },
      "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
    ],
    [{ requestValidatorId: "abcdef" }, "Invalid Request Validator identifier specified"],
    [{ requestModels: { "application/json": "Pet" } }, "Invalid model identifier specified: Pet"],
    [
      { requestParameters: { "method.request.header.a": true, "method.request.querystring.a": true } },
      "Parameter names must be unique across querystring, header and path",
    ],
  ])("refuses %j", async (method, message) => {
    const place = await withMethod();
    const put = new PutMethodCommand({ ...place, httpMethod: "POST", authorizationType: "NONE", ...method });
    await expect(gateway.send(put)).rejects.toMatchObject({ name: "BadRequestException", message });
  });

  it("refuses Cognito user pools by name", async () => {
    const place = await withMethod();
    const put = new PutMethodCommand({ ...place, httpMethod: "POST", authorizationType: "COGNITO_USER_POOLS" });
    await expect(gateway.send(put)).rejects.toMatchObject({ name: "NotImplemented" });
  });
});

describe("UpdateMethod", () => {
  it("adds, replaces and removes parameters and models", async () => {
    const place = await withMethod();
    const added = await updateMethod(
      place,
      { op: "add", path: "/requestParameters/method.request.querystring.q", value: "true" },
      { op: "add", path: "/requestModels/application~1json", value: "Empty" },
      { op: "replace", path: "/apiKeyRequired", value: "true" },
    );
    expect(added).toMatchObject({
      apiKeyRequired: true,
      requestModels: { "application/json": "Empty" },
      requestParameters: { "method.request.querystring.q": true },
    });
    const removed = await updateMethod(
      place,
      { op: "remove", path: "/requestParameters/method.request.querystring.q" },
      { op: "remove", path: "/requestModels/application~1json" },
    );
    expect(removed).not.toHaveProperty("requestModels");
    expect(removed).not.toHaveProperty("requestParameters");
  });

  it("takes an authorizer, and forgets it where none is asked", async () => {
    const place = await withMethod();
    const { id } = await authorizerFor(place.restApiId);
    const custom = await updateMethod(
      place,
      { op: "replace", path: "/authorizationType", value: "CUSTOM" },
      { op: "replace", path: "/authorizerId", value: id },
    );
    expect(custom.authorizerId).toBe(id);
    expect(await updateMethod(place, { op: "replace", path: "/authorizationType", value: "NONE" })).not.toHaveProperty(
      "authorizerId",
    );
  });

  it.each<[PatchOperation, string, string]>([
    [
      { op: "add", path: "/apiKeyRequired", value: "true" },
      "BadRequestException",
      "Invalid patch operation specified. Must be one of: [replace]",
    ],
    [{ op: "replace", path: "/httpMethod", value: "PUT" }, "BadRequestException", "Invalid patch path /httpMethod"],
    [
      { op: "replace", path: "/requestModels/application/json", value: "Empty" },
      "BadRequestException",
      "Invalid patch path /requestModels/application/json",
    ],
    [
      { op: "remove", path: "/requestModels/application~1json" },
      "NotFoundException",
      "Content-Type specified was not found",
    ],
    [
      { op: "remove", path: "/requestParameters/method.request.header.a" },
      "NotFoundException",
      "Invalid parameter name specified",
    ],
  ])("refuses %j", async (operation, name, message) => {
    await expect(updateMethod(await withMethod(), operation)).rejects.toMatchObject({ name, message });
  });
});

describe("DeleteMethod", () => {
  it("tells a method from a resource that is not there", async () => {
    const place = await withMethod();
    await gateway.send(new DeleteMethodCommand(place));
    await expect(gateway.send(new GetMethodCommand(place))).rejects.toThrow("Invalid Method identifier specified");
    await expect(gateway.send(new GetMethodCommand({ ...place, resourceId: "abcdef" }))).rejects.toThrow(
      "Invalid Resource identifier specified",
    );
  });
});

describe("UpdateMethodResponse", () => {
  it("adds and removes headers and models", async () => {
    const place = { ...(await withMethod()), statusCode: "200" };
    await gateway.send(new PutMethodResponseCommand(place));
    const path = "/responseParameters/method.response.header.X-A";
    const update = (op: "add" | "remove") =>
      gateway.send(new UpdateMethodResponseCommand({ ...place, patchOperations: [{ op, path, value: "true" }] }));
    expect((await update("add")).responseParameters).toEqual({ "method.response.header.X-A": true });
    expect((await update("remove")).responseParameters).toEqual({});
    await expect(update("remove")).rejects.toThrow("Invalid parameter name specified");
  });

  it("refuses a status code that is none, and one that is not there", async () => {
    const place = await withMethod();
    const update = (statusCode: string) => gateway.send(new UpdateMethodResponseCommand({ ...place, statusCode }));
    await expect(update("wrong")).rejects.toMatchObject({ name: "ValidationException" });
    await expect(update("201")).rejects.toThrow("Invalid Response status code specified");
  });
});

describe("PutIntegration", () => {
  it("answers AWS's defaults", async () => {
    const place = await withMethod();
    await putIntegration(place, { type: "AWS_PROXY", integrationHttpMethod: "POST", uri: LAMBDA });
    const integration = await gateway.send(new GetIntegrationCommand(place));
    expect(integration).toMatchObject({
      type: "AWS_PROXY",
      httpMethod: "POST",
      uri: LAMBDA,
      passthroughBehavior: "WHEN_NO_MATCH",
      timeoutInMillis: 29_000,
      cacheNamespace: place.resourceId,
      cacheKeyParameters: [],
    });
  });

  const kinesis = "arn:aws:apigateway:us-east-1:kinesis:action/PutRecord";
  it.each<[Partial<PutIntegrationCommandInput>, string]>([
    [{ type: "HTTP", uri: "http://example.com" }, "Enumeration value for HttpMethod must be non-empty"],
    [{ type: "HTTP", integrationHttpMethod: "GET", uri: "nowhere" }, "Invalid HTTP endpoint specified for URI"],
    [{ type: "AWS", integrationHttpMethod: "POST", uri: "nowhere" }, "Invalid ARN specified in the request"],
    [
      { type: "AWS", integrationHttpMethod: "POST", uri: "arn:aws:apigateway:us-east-1:kinesis:PutRecord" },
      "AWS ARN for integration must contain path or action",
    ],
    [{ type: "AWS", integrationHttpMethod: "POST", uri: kinesis }, "Role ARN must be specified for AWS integrations"],
    [
      { type: "AWS_PROXY", integrationHttpMethod: "POST", uri: kinesis, credentials: ROLE },
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    ],
    [{ timeoutInMillis: 49 }, "Timeout should be between 50 ms and 29000 ms"],
    [
      { requestParameters: { "integration.request.header.a": "true" } },
      "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: true]",
    ],
    [
      { requestParameters: { "integration.request.header.a": "method.request.header.b" } },
      "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: method.request.header.b]",
    ],
    [
      { requestTemplates: { json: "{}" } },
      "Validation Result: warnings : [], errors : [Invalid content type specified: json]",
    ],
  ])("refuses %j", async (integration, message) => {
    const place = await withMethod();
    await expect(putIntegration(place, integration)).rejects.toMatchObject({ name: "BadRequestException", message });
  });

  it("refuses VPC links by name", async () => {
    const place = await withMethod();
    await expect(
      putIntegration(place, {
        type: "HTTP_PROXY",
        integrationHttpMethod: "GET",
        uri: "http://a",
        connectionType: "VPC_LINK",
      }),
    ).rejects.toMatchObject({ name: "NotImplemented" });
  });
});

describe("UpdateIntegration", () => {
  it("replaces settings and templates", async () => {
    const place = await withMethod();
    await putIntegration(place, { requestTemplates: { "application/json": "{}" } });
    const integration = await gateway.send(
      new UpdateIntegrationCommand({
        ...place,
        patchOperations: [
          { op: "replace", path: "/timeoutInMillis", value: "1000" },
          { op: "replace", path: "/passthroughBehavior", value: "NEVER" },
          { op: "add", path: "/requestTemplates/text~1plain", value: "a" },
          { op: "remove", path: "/requestTemplates/application~1json" },
        ],
      }),
    );
    expect(integration).toMatchObject({
      timeoutInMillis: 1000,
      passthroughBehavior: "NEVER",
      requestTemplates: { "text/plain": "a" },
    });
  });

  it.each([
    ["/timeoutInMillis", "soon", "Timeout should be between 50 ms and 29000 ms"],
    ["/type", "FTP", "Invalid Integration Type specified"],
    ["/type", "", "Invalid Integration Type specified"],
    ["/contentHandling", "CONVERT_TO_GOLD", "Invalid ContentHandling specified"],
    ["/passthroughBehavior", "SOMETIMES", "Invalid Passthrough Behavior specified"],
  ])("refuses %s %j", async (path, value, message) => {
    const place = await withMethod();
    await putIntegration(place, {});
    const patchOperations = [{ op: "replace" as const, path, value }];
    await expect(gateway.send(new UpdateIntegrationCommand({ ...place, patchOperations }))).rejects.toThrow(message);
  });
});

describe("PutIntegrationResponse", () => {
  it("maps headers that the method response declares, and no others", async () => {
    const place = { ...(await withMethod()), statusCode: "200" };
    await putIntegration(place, {});
    const put = () =>
      gateway.send(
        new PutIntegrationResponseCommand({
          ...place,
          selectionPattern: "2..",
          responseParameters: { "method.response.header.X-A": "'1'" },
        }),
      );
    await expect(put()).rejects.toThrow("Invalid mapping expression parameter specified: method.response.header.X-A");
    await gateway.send(
      new PutMethodResponseCommand({ ...place, responseParameters: { "method.response.header.X-A": false } }),
    );
    await put();
    await gateway.send(
      new UpdateIntegrationResponseCommand({
        ...place,
        patchOperations: [{ op: "replace", path: "/selectionPattern", value: "" }],
      }),
    );
    expect(await gateway.send(new GetIntegrationResponseCommand(place))).toMatchObject({
      statusCode: "200",
      selectionPattern: "",
      responseParameters: { "method.response.header.X-A": "'1'" },
    });
    await gateway.send(new DeleteIntegrationResponseCommand(place));
    await expect(gateway.send(new GetIntegrationResponseCommand(place))).rejects.toThrow(
      "Invalid Response status code specified",
    );
  });

  it("tells a missing integration from a missing method", async () => {
    const place = { ...(await withMethod()), statusCode: "200" };
    await expect(gateway.send(new PutIntegrationResponseCommand(place))).rejects.toThrow(
      "Invalid Integration identifier specified",
    );
    await expect(gateway.send(new PutIntegrationResponseCommand({ ...place, httpMethod: "PUT" }))).rejects.toThrow(
      "Invalid Method identifier specified",
    );
  });
});

describe("CreateModel", () => {
  const createModel = (restApiId: string | undefined, name: string, schema: string | undefined) =>
    gateway.send(new CreateModelCommand({ restApiId, name, schema, contentType: "application/json" }));

  it("stands beside the models that every API has", async () => {
    const { restApiId } = await withMethod();
    await createModel(restApiId, "Pet", '{"type":"object"}');
    const { items = [] } = await gateway.send(new GetModelsCommand({ restApiId }));
    expect(items.map(({ name }) => name)).toEqual(["Empty", "Error", "Pet"]);
    await expect(createModel(restApiId, "Pet", "{}")).rejects.toMatchObject({
      name: "ConflictException",
      message: "Model name already exists for this REST API",
    });
  });

  it.each([
    ["Pet", undefined, "Model schema must have at least 1 property or array items defined"],
    [
      "Pet",
      "{",
      "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]",
    ],
    ["Pet", '{"type":"thing"}', "Invalid model specified"],
    [
      "Pet",
      '{"$ref":"https://apigateway.amazonaws.com/restapis/x/models/Dog"}',
      "Could not find reference to model: Dog",
    ],
    ["a-b", "{}", "Model name must be alphanumeric: a-b"],
    ["", "{}", "Model name must be non-empty"],
  ])("refuses %j with the schema %s", async (name, schema, message) => {
    const { restApiId } = await withMethod();
    await expect(createModel(restApiId, name, schema)).rejects.toThrow(message);
  });

  it("keeps a model that a method or another model refers to", async () => {
    const { restApiId, ...place } = await withMethod();
    await createModel(restApiId, "Pet", "{}");
    await createModel(restApiId, "Dog", '{"$ref":"https://apigateway.amazonaws.com/restapis/x/models/Pet"}');
    const remove = (modelName: string) => gateway.send(new DeleteModelCommand({ restApiId, modelName }));
    await expect(remove("Pet")).rejects.toThrow("Cannot delete model 'Pet', is referenced in model: Dog");
    await updateMethod({ restApiId, ...place }, { op: "add", path: "/requestModels/application~1json", value: "Dog" });
    await expect(remove("Dog")).rejects.toMatchObject({
      name: "ConflictException",
      message: "Cannot delete model 'Dog', is referenced in method request: //GET",
    });
    await expect(
      gateway.send(
        new UpdateModelCommand({ restApiId, modelName: "Dog", patchOperations: [{ op: "replace", path: "/name" }] }),
      ),
    ).rejects.toThrow(
      "Invalid patch path  '/name' specified for op 'replace'. Must be one of: [/description, /schema]",
    );
  });
});

describe("CreateRequestValidator", () => {
  it("can be changed, and not deleted while a method uses it", async () => {
    const place = await withMethod();
    const { restApiId } = place;
    const { id: requestValidatorId } = await gateway.send(new CreateRequestValidatorCommand({ restApiId, name: "v" }));
    const update = (path: string, value?: string) =>
      gateway.send(
        new UpdateRequestValidatorCommand({
          restApiId,
          requestValidatorId,
          patchOperations: [{ op: "replace", path, value }],
        }),
      );
    expect(await update("/validateRequestBody", "true")).toMatchObject({
      name: "v",
      validateRequestBody: true,
      validateRequestParameters: false,
    });
    await expect(update("/name", "")).rejects.toThrow("Request Validator name cannot be blank");
    await expect(update("/other")).rejects.toThrow(
      "Invalid patch path  '/other' specified for op 'replace'. Must be one of: [/name, /validateRequestParameters, /validateRequestBody]",
    );
    await updateMethod(place, { op: "replace", path: "/requestValidatorId", value: requestValidatorId });
    const remove = () => gateway.send(new DeleteRequestValidatorCommand({ restApiId, requestValidatorId }));
    await expect(remove()).rejects.toMatchObject({ name: "ConflictException" });
    await updateMethod(place, { op: "replace", path: "/requestValidatorId", value: "" });
    await remove();
  });
});

describe("CreateAuthorizer", () => {
  it("has AWS's defaults, can be changed, and stays while a method asks it", async () => {
    const place = await withMethod();
    const { restApiId } = place;
    const authorizer = await authorizerFor(restApiId);
    expect(authorizer).toMatchObject({ name: "guard", authType: "custom", authorizerResultTtlInSeconds: 300 });
    const updated = await gateway.send(
      new UpdateAuthorizerCommand({
        restApiId,
        authorizerId: authorizer.id,
        patchOperations: [{ op: "replace", path: "/authorizerResultTtlInSeconds", value: "0" }],
      }),
    );
    expect(updated.authorizerResultTtlInSeconds).toBe(0);
    await updateMethod(
      place,
      { op: "replace", path: "/authorizationType", value: "CUSTOM" },
      { op: "replace", path: "/authorizerId", value: authorizer.id },
    );
    await expect(
      gateway.send(new DeleteAuthorizerCommand({ restApiId, authorizerId: authorizer.id })),
    ).rejects.toMatchObject({
      name: "ConflictException",
      message: "Cannot delete authorizer 'guard', is referenced in method: GET//",
    });
  });

  it("refuses Cognito, and a lifetime beyond an hour", async () => {
    const { restApiId } = await withMethod();
    const create = (input: object) =>
      gateway.send(
        new CreateAuthorizerCommand({ restApiId, name: "a", type: "REQUEST", authorizerUri: LAMBDA, ...input }),
      );
    await expect(create({ type: "COGNITO_USER_POOLS" })).rejects.toMatchObject({ name: "NotImplemented" });
    await expect(
      create({ authorizerResultTtlInSeconds: 3601, identitySource: "method.request.header.a" }),
    ).rejects.toMatchObject({ name: "BadRequestException" });
    await expect(create({ identitySource: "somewhere" })).rejects.toThrow(
      "Invalid identity source specified: somewhere",
    );
  });
});

describe("GetGatewayResponses", () => {
  it("shows the default of every type, and what was put over it", async () => {
    const { restApiId } = await withMethod();
    const all = async () => (await gateway.send(new GetGatewayResponsesCommand({ restApiId }))).items ?? [];
    expect(await all()).toHaveLength(21);
    expect((await all()).find(({ responseType }) => responseType === "THROTTLED")).toEqual({
      responseType: "THROTTLED",
      statusCode: "429",
      responseParameters: {},
      responseTemplates: { "application/json": '{"message":$context.error.messageString}' },
      defaultResponse: true,
    });

    const responseParameters = { "gatewayresponse.header.x": "'y'" };
    await gateway.send(
      new PutGatewayResponseCommand({ restApiId, responseType: "DEFAULT_5XX", statusCode: "599", responseParameters }),
    );
    const byType = new Map((await all()).map((response) => [response.responseType, response]));
    expect(byType.get("INTEGRATION_TIMEOUT")).toMatchObject({
      statusCode: "599",
      responseParameters,
      defaultResponse: true,
    });
    expect(byType.get("DEFAULT_5XX")).toMatchObject({ statusCode: "599", defaultResponse: false });
    expect(byType.get("THROTTLED")).toMatchObject({ statusCode: "429", responseParameters: {} });
  });

  it("goes back to the default when one is deleted", async () => {
    const { restApiId } = await withMethod();
    const id = { restApiId, responseType: "UNAUTHORIZED" as const };
    await expect(gateway.send(new DeleteGatewayResponseCommand(id))).rejects.toThrow(
      "Gateway response type not defined on api",
    );
    await gateway.send(new PutGatewayResponseCommand({ ...id, statusCode: "418" }));
    await gateway.send(new DeleteGatewayResponseCommand(id));
    expect(await gateway.send(new GetGatewayResponseCommand(id))).toMatchObject({
      statusCode: "401",
      defaultResponse: true,
    });
  });
});

describe("PutGatewayResponse", () => {
  it.each([
    ["x-mine", "'y'", "x-mine"],
    ["gatewayresponse.header.x", "y", "y"],
    ["gatewayresponse.query-string.x", "'y'", "gatewayresponse.query-string.x"],
  ])("refuses the mapping of %s to %s", async (header, source, wrong) => {
    const { restApiId } = await withMethod();
    const put = new PutGatewayResponseCommand({
      restApiId,
      responseType: "DEFAULT_4XX",
      responseParameters: { [header]: source },
    });
    await expect(gateway.send(put)).rejects.toThrow(`Invalid mapping expression specified: ${wrong}]`);
  });
});

describe("UpdateGatewayResponse", () => {
  it.each<[PatchOperation, string]>([
    [{ op: "add", path: "/statusCode", value: "444" }, "Invalid patch path /statusCode"],
    [{ op: "replace" }, "Invalid patch path null"],
    [
      { op: "replace", path: "/responseParameters/gatewayresponse.header.x", value: "'y'" },
      "Invalid parameter name specified",
    ],
    [
      { op: "replace", path: "/responseTemplates/application~1json" },
      "Invalid null or empty value in responseTemplates",
    ],
  ])("refuses %j", async (operation, message) => {
    const { restApiId } = await withMethod();
    const update = { restApiId, responseType: "DEFAULT_4XX" as const, patchOperations: [operation] };
    await expect(gateway.send(new UpdateGatewayResponseCommand(update))).rejects.toThrow(message);
  });

  it("begins with the default", async () => {
    const { restApiId } = await withMethod();
    const patchOperations = [{ op: "replace" as const, path: "/statusCode", value: "444" }];
    expect(
      await gateway.send(new UpdateGatewayResponseCommand({ restApiId, responseType: "DEFAULT_4XX", patchOperations })),
    ).toMatchObject({
      statusCode: "444",
      defaultResponse: false,
      responseTemplates: { "application/json": '{"message":$context.error.messageString}' },
    });
  });
});
