import {
  APIGatewayClient,
  GetAccountCommand,
  GetApiKeyCommand,
  GetDeploymentCommand,
  GetMethodCommand,
  GetModelCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeysCommand,
} from "@aws-sdk/client-api-gateway";
import { CreateStackCommand, DeleteStackCommand, type Stack, UpdateStackCommand } from "@aws-sdk/client-cloudformation";
import { PutObjectCommand, CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { uniqueName, useCloudFormation } from "../cloudformation/fixture.ts";
import { useClient } from "../target.ts";

const on = useCloudFormation();
const gateway = useClient(new APIGatewayClient(on.target.clientConfig()));
const s3 = useClient(new S3Client({ ...on.target.clientConfig(), forcePathStyle: true }));

const ref = (id: string) => ({ Ref: id });
const att = (id: string, name: string) => ({ "Fn::GetAtt": [id, name] });

function template(
  Resources: Record<string, { Type: string; Properties?: object; DependsOn?: string[] }>,
  outputs: Record<string, object> = {},
) {
  const Outputs = Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }]));
  return JSON.stringify({ Resources, ...(Object.keys(outputs).length > 0 && { Outputs }) });
}

const outputsOf = ({ Outputs = [] }: Stack): Record<string, string> =>
  Object.fromEntries(Outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));

async function create(StackName: string, TemplateBody: string): Promise<Stack> {
  await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody }));
  return on.settled(StackName);
}

async function update(StackName: string, TemplateBody: string): Promise<Stack> {
  await on.cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody }));
  return on.settled(StackName);
}

async function remove({ StackName, StackId = "" }: Stack): Promise<Stack> {
  await on.cloudformation.send(new DeleteStackCommand({ StackName }));
  return on.settled(StackId);
}

const mock = { Type: "MOCK", RequestTemplates: { "application/json": '{"statusCode":200}' } };

/** Everything that the sensors and retail pipelines need, and more. */
const resources = (change: { rate?: number; description?: string; deployment?: string } = {}) => ({
  Api: {
    Type: "AWS::ApiGateway::RestApi",
    Properties: {
      Name: "shop",
      Description: change.description ?? "first",
      BinaryMediaTypes: ["image~1png"],
      EndpointConfiguration: { Types: ["REGIONAL"] },
      Tags: [{ Key: "team", Value: "a" }],
    },
  },
  Orders: {
    Type: "AWS::ApiGateway::Resource",
    Properties: { RestApiId: ref("Api"), ParentId: att("Api", "RootResourceId"), PathPart: "orders" },
  },
  Order: {
    Type: "AWS::ApiGateway::Model",
    Properties: {
      RestApiId: ref("Api"),
      ContentType: "application/json",
      Schema: { type: "object", required: ["id"] },
    },
  },
  Validator: {
    Type: "AWS::ApiGateway::RequestValidator",
    Properties: { RestApiId: ref("Api"), Name: "body", ValidateRequestBody: true },
  },
  Post: {
    Type: "AWS::ApiGateway::Method",
    Properties: {
      RestApiId: ref("Api"),
      ResourceId: ref("Orders"),
      HttpMethod: "POST",
      AuthorizationType: "NONE",
      ApiKeyRequired: true,
      RequestModels: { "application/json": ref("Order") },
      RequestValidatorId: ref("Validator"),
      MethodResponses: [{ StatusCode: "200", ResponseParameters: { "method.response.header.X-A": true } }],
      Integration: {
        ...mock,
        IntegrationResponses: [{ StatusCode: "200", ResponseParameters: { "method.response.header.X-A": "'1'" } }],
      },
    },
  },
  Answer: {
    Type: "AWS::ApiGateway::GatewayResponse",
    Properties: { RestApiId: ref("Api"), ResponseType: "BAD_REQUEST_BODY", StatusCode: "422" },
  },
  [change.deployment ?? "DeploymentA"]: {
    Type: "AWS::ApiGateway::Deployment",
    DependsOn: ["Post", "Answer"],
    Properties: { RestApiId: ref("Api"), Description: "d" },
  },
  Stage: {
    Type: "AWS::ApiGateway::Stage",
    Properties: {
      RestApiId: ref("Api"),
      DeploymentId: ref(change.deployment ?? "DeploymentA"),
      StageName: "live",
      Variables: { colour: "blue" },
      MethodSettings: [{ ResourcePath: "/*", HttpMethod: "*", ThrottlingRateLimit: change.rate ?? 5 }],
    },
  },
  Key: { Type: "AWS::ApiGateway::ApiKey", DependsOn: ["Stage"], Properties: { Enabled: true } },
  Plan: {
    Type: "AWS::ApiGateway::UsagePlan",
    Properties: {
      ApiStages: [
        { ApiId: ref("Api"), Stage: ref("Stage"), Throttle: { "/orders/POST": { RateLimit: 1, BurstLimit: 2 } } },
      ],
      Throttle: { RateLimit: change.rate ?? 5, BurstLimit: 10 },
      Quota: { Limit: 100, Period: "DAY" },
    },
  },
  PlanKey: {
    Type: "AWS::ApiGateway::UsagePlanKey",
    Properties: { KeyId: ref("Key"), KeyType: "API_KEY", UsagePlanId: ref("Plan") },
  },
});

const outputs = (deployment = "DeploymentA") => ({
  Api: ref("Api"),
  ApiId: att("Api", "RestApiId"),
  Orders: ref("Orders"),
  Model: ref("Order"),
  Validator: att("Validator", "RequestValidatorId"),
  Deployment: att(deployment, "DeploymentId"),
  Stage: ref("Stage"),
  Key: att("Key", "APIKeyId"),
  Plan: att("Plan", "Id"),
  PlanKey: ref("PlanKey"),
});

describe("a stack with a REST API", () => {
  it("is created with what its template says, deployed behind its methods, changed in place, and removed", async () => {
    const name = uniqueName("api");
    const stack = await create(name, template(resources(), outputs()));
    expect(stack.StackStatus).toBe("CREATE_COMPLETE");
    const out = outputsOf(stack);
    const restApiId = out["Api"];
    expect(out["ApiId"]).toBe(restApiId);
    expect(out["PlanKey"]).toBe(`${out["Key"]}:${out["Plan"]}`);

    expect(await gateway.send(new GetRestApiCommand({ restApiId }))).toMatchObject({
      name: "shop",
      description: "first",
      binaryMediaTypes: ["image/png"],
      endpointConfiguration: { types: ["REGIONAL"] },
      tags: { team: "a" },
    });
    const method = await gateway.send(
      new GetMethodCommand({ restApiId, resourceId: out["Orders"], httpMethod: "POST" }),
    );
    expect(method).toMatchObject({
      apiKeyRequired: true,
      requestModels: { "application/json": out["Model"] },
      requestValidatorId: out["Validator"],
      methodIntegration: {
        type: "MOCK",
        integrationResponses: { 200: { responseParameters: { "method.response.header.X-A": "'1'" } } },
      },
    });
    const model = await gateway.send(new GetModelCommand({ restApiId, modelName: out["Model"] }));
    expect(JSON.parse(model.schema ?? "")).toEqual({ type: "object", required: ["id"] });
    const deployment = await gateway.send(
      new GetDeploymentCommand({ restApiId, deploymentId: out["Deployment"], embed: ["apisummary"] }),
    );
    expect(deployment.apiSummary).toHaveProperty("/orders");
    expect(await gateway.send(new GetStageCommand({ restApiId, stageName: "live" }))).toMatchObject({
      deploymentId: out["Deployment"],
      variables: { colour: "blue" },
      methodSettings: { "*/*": { throttlingRateLimit: 5 } },
    });
    expect(await gateway.send(new GetUsagePlanCommand({ usagePlanId: out["Plan"] }))).toMatchObject({
      throttle: { rateLimit: 5, burstLimit: 10 },
      quota: { limit: 100, period: "DAY" },
      apiStages: [{ apiId: restApiId, stage: "live", throttle: { "/orders/POST": { rateLimit: 1, burstLimit: 2 } } }],
    });
    const { items } = await gateway.send(new GetUsagePlanKeysCommand({ usagePlanId: out["Plan"] }));
    expect(items).toMatchObject([{ id: out["Key"] }]);

    const changed = { rate: 7, description: "second", deployment: "DeploymentB" };
    const updated = await update(name, template(resources(changed), outputs("DeploymentB")));
    expect(updated.StackStatus).toBe("UPDATE_COMPLETE");
    const after = outputsOf(updated);
    expect(after).toMatchObject({ Api: restApiId, Plan: out["Plan"], Key: out["Key"] });
    expect(after["Deployment"]).not.toBe(out["Deployment"]);
    expect(await gateway.send(new GetRestApiCommand({ restApiId }))).toMatchObject({ description: "second" });
    expect(await gateway.send(new GetStageCommand({ restApiId, stageName: "live" }))).toMatchObject({
      deploymentId: after["Deployment"],
      methodSettings: { "*/*": { throttlingRateLimit: 7 } },
    });
    expect(await gateway.send(new GetUsagePlanCommand({ usagePlanId: out["Plan"] }))).toMatchObject({
      throttle: { rateLimit: 7 },
    });
    await expect(
      gateway.send(new GetDeploymentCommand({ restApiId, deploymentId: out["Deployment"] })),
    ).rejects.toMatchObject({ name: "NotFoundException" });

    expect((await remove(updated)).StackStatus).toBe("DELETE_COMPLETE");
    const { items: left = [] } = await gateway.send(new GetRestApisCommand({}));
    expect(left.map(({ id }) => id)).not.toContain(restApiId);
    await expect(gateway.send(new GetApiKeyCommand({ apiKey: out["Key"] }))).rejects.toThrow("Invalid API Key");
  });

  it("takes its definition from the template's Body, with the deployment's own stage", async () => {
    const Body = {
      openapi: "3.0.1",
      info: { title: "from the document", version: "1" },
      paths: { "/a": { get: { "x-amazon-apigateway-integration": { type: "mock" } } } },
    };
    const Deployment = {
      Type: "AWS::ApiGateway::Deployment",
      Properties: {
        RestApiId: ref("Api"),
        StageName: "dev",
        StageDescription: { ThrottlingBurstLimit: 9, Variables: { a: "b" } },
      },
    };
    const Api = { Type: "AWS::ApiGateway::RestApi", Properties: { Body, DisableExecuteApiEndpoint: true } };
    const stack = await create(uniqueName("api"), template({ Api, Deployment }, { Api: ref("Api") }));
    expect(stack.StackStatus).toBe("CREATE_COMPLETE");
    const restApiId = outputsOf(stack)["Api"];
    expect(await gateway.send(new GetRestApiCommand({ restApiId }))).toMatchObject({
      name: "from the document",
      disableExecuteApiEndpoint: true,
    });
    const { items = [] } = await gateway.send(new GetResourcesCommand({ restApiId }));
    expect(items.map(({ path }) => path)).toEqual(["/", "/a"]);
    expect(await gateway.send(new GetStageCommand({ restApiId, stageName: "dev" }))).toMatchObject({
      variables: { a: "b" },
      methodSettings: { "*/*": { throttlingBurstLimit: 9 } },
    });
    expect((await remove(stack)).StackStatus).toBe("DELETE_COMPLETE");
  });

  it("takes its definition from S3", async () => {
    const Bucket = uniqueName("definitions");
    await s3.send(new CreateBucketCommand({ Bucket }));
    const Body = 'swagger: "2.0"\ninfo: { title: stored, version: "1" }\npaths: { /b: { get: {} } }\n';
    await s3.send(new PutObjectCommand({ Bucket, Key: "api.yaml", Body }));
    const Api = {
      Type: "AWS::ApiGateway::RestApi",
      Properties: { Name: "named", BodyS3Location: { Bucket, Key: "api.yaml" } },
    };
    const stack = await create(uniqueName("api"), template({ Api }, { Api: ref("Api") }));
    const restApiId = outputsOf(stack)["Api"];
    expect(await gateway.send(new GetRestApiCommand({ restApiId }))).toMatchObject({ name: "named" });
    const { items = [] } = await gateway.send(new GetResourcesCommand({ restApiId }));
    expect(items.map(({ path }) => path)).toEqual(["/", "/b"]);
    await remove(stack);
  });

  it("leaves the account's role for logs in force when it is removed", async () => {
    const CloudWatchRoleArn = "arn:aws:iam::000000000000:role/logs";
    const Account = { Type: "AWS::ApiGateway::Account", Properties: { CloudWatchRoleArn } };
    await remove(await create(uniqueName("api"), template({ Account })));
    expect(await gateway.send(new GetAccountCommand({}))).toMatchObject({ cloudwatchRoleArn: CloudWatchRoleArn });
  });

  it("tells why an API without a name is none, and refuses what is not supported by name", async () => {
    const nameless = template({ Api: { Type: "AWS::ApiGateway::RestApi" } });
    await expect(create(uniqueName("api"), nameless)).rejects.toThrow("RestApi name is required.");
    const Api = { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "a", SecurityPolicy: "TLS_1_2" } };
    await expect(create(uniqueName("api"), template({ Api }))).rejects.toThrow("SecurityPolicy");
  });
});
