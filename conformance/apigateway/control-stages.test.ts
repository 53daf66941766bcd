import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  DeleteDeploymentCommand,
  DeleteStageCommand,
  GetAccountCommand,
  GetDeploymentCommand,
  GetStageCommand,
  GetStagesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateAccountCommand,
  UpdateStageCommand,
  type PatchOperation,
} from "@aws-sdk/client-api-gateway";
import { useClient, useTarget } from "../target.ts";

const target = useTarget({ manualClock: true });
const gateway = useClient(new APIGatewayClient(target.clientConfig()));

/** An API with one method and a mock behind it. */
async function deployable(): Promise<string> {
  const { id = "", rootResourceId } = await gateway.send(new CreateRestApiCommand({ name: "a" }));
  const place = { restApiId: id, resourceId: rootResourceId, httpMethod: "GET" };
  await gateway.send(new PutMethodCommand({ ...place, authorizationType: "AWS_IAM", apiKeyRequired: true }));
  await gateway.send(new PutIntegrationCommand({ ...place, type: "MOCK" }));
  return id;
}

const deploy = (restApiId: string, stageName?: string) =>
  gateway.send(new CreateDeploymentCommand({ restApiId, stageName }));

const update = (restApiId: string, ...patchOperations: PatchOperation[]) =>
  gateway.send(new UpdateStageCommand({ restApiId, stageName: "dev", patchOperations }));

describe("CreateDeployment", () => {
  it("refuses an API without methods, and methods without integrations", async () => {
    const { id = "", rootResourceId } = await gateway.send(new CreateRestApiCommand({ name: "a" }));
    await expect(deploy(id)).rejects.toThrow("The REST API doesn't contain any methods");
    const place = { restApiId: id, resourceId: rootResourceId, httpMethod: "GET" };
    await gateway.send(new PutMethodCommand({ ...place, authorizationType: "NONE" }));
    await expect(deploy(id)).rejects.toMatchObject({
      name: "BadRequestException",
      message: "No integration defined for method",
    });
  });

  it("creates the stage that it names, and moves it with the next deployment", async () => {
    const id = await deployable();
    const first = await gateway.send(
      new CreateDeploymentCommand({ restApiId: id, stageName: "dev", variables: { a: "1" }, stageDescription: "d" }),
    );
    const second = await deploy(id, "dev");
    const stage = await gateway.send(new GetStageCommand({ restApiId: id, stageName: "dev" }));
    expect(stage).toMatchObject({ deploymentId: second.id, variables: { a: "1" }, description: "d" });
    expect(first.id).toMatch(/^[a-z0-9]{6}$/);
  });

  it("answers the methods that it froze", async () => {
    const id = await deployable();
    const { id: deploymentId } = await deploy(id);
    const deployment = await gateway.send(
      new GetDeploymentCommand({ restApiId: id, deploymentId, embed: ["apisummary"] }),
    );
    expect(deployment.apiSummary).toEqual({ "/": { GET: { authorizationType: "AWS_IAM", apiKeyRequired: true } } });
  });

  it("refuses canaries by name", async () => {
    const create = new CreateDeploymentCommand({
      restApiId: await deployable(),
      canarySettings: { percentTraffic: 1 },
    });
    await expect(gateway.send(create)).rejects.toMatchObject({ name: "NotImplemented" });
  });
});

describe("DeleteDeployment", () => {
  it("keeps a deployment that a stage answers with", async () => {
    const restApiId = await deployable();
    const { id: deploymentId } = await deploy(restApiId, "dev");
    const remove = () => gateway.send(new DeleteDeploymentCommand({ restApiId, deploymentId }));
    await expect(remove()).rejects.toMatchObject({
      name: "BadRequestException",
      message: "Active stages pointing to this deployment must be moved or deleted",
    });
    await gateway.send(new DeleteStageCommand({ restApiId, stageName: "dev" }));
    await remove();
    await expect(remove()).rejects.toThrow("Invalid Deployment identifier specified");
  });
});

describe("CreateStage", () => {
  it("answers AWS's defaults", async () => {
    const restApiId = await deployable();
    const { id: deploymentId } = await deploy(restApiId);
    const stage = await gateway.send(new CreateStageCommand({ restApiId, deploymentId, stageName: "dev" }));
    expect(stage).toMatchObject({
      deploymentId,
      stageName: "dev",
      cacheClusterEnabled: false,
      cacheClusterStatus: "NOT_AVAILABLE",
      methodSettings: {},
      tracingEnabled: false,
      createdDate: expect.any(Date),
      lastUpdatedDate: expect.any(Date),
    });
    const other = await deploy(restApiId, "other");
    const { item = [] } = await gateway.send(new GetStagesCommand({ restApiId, deploymentId: other.id }));
    expect(item.map(({ stageName }) => stageName)).toEqual(["other"]);
  });

  it.each([
    [{ stageName: "dev" }, "ConflictException", "Stage already exists"],
    [{ stageName: "a b" }, "BadRequestException", "Stage name only allows a-zA-Z0-9_-"],
    [{ stageName: "b", deploymentId: "abcdef" }, "NotFoundException", "Invalid Deployment identifier specified"],
    [
      { stageName: "b", cacheClusterEnabled: true },
      "NotImplemented",
      "cacheClusterEnabled of CreateStage is not supported by Headwater.",
    ],
    [
      { stageName: "b", tracingEnabled: true },
      "NotImplemented",
      "tracingEnabled of CreateStage is not supported by Headwater.",
    ],
  ])("refuses %j", async (input, name, message) => {
    const restApiId = await deployable();
    const { id: deploymentId } = await deploy(restApiId, "dev");
    await expect(gateway.send(new CreateStageCommand({ restApiId, deploymentId, ...input }))).rejects.toMatchObject({
      name,
      message,
    });
  });
});

describe("UpdateStage", () => {
  it("sets variables and the settings of all methods or of one", async () => {
    const id = await deployable();
    await deploy(id, "dev");
    await target.clock.advance(5000);
    const stage = await update(
      id,
      { op: "replace", path: "/variables/target", value: "blue" },
      { op: "replace", path: "/*/*/throttling/rateLimit", value: "10.5" },
      { op: "replace", path: "/~1users~1{id}/GET/throttling/burstLimit", value: "7" },
      { op: "replace", path: "/description", value: "d" },
    );
    expect(stage).toMatchObject({ description: "d", variables: { target: "blue" } });
    expect(stage.methodSettings?.["*/*"]).toEqual({
      throttlingRateLimit: 10.5,
      throttlingBurstLimit: 5000,
      metricsEnabled: false,
      dataTraceEnabled: false,
      cachingEnabled: false,
      cacheTtlInSeconds: 300,
      cacheDataEncrypted: false,
      requireAuthorizationForCacheControl: true,
      unauthorizedCacheControlHeaderStrategy: "SUCCEED_WITH_RESPONSE_HEADER",
    });
    expect(stage.methodSettings?.["users~1{id}/GET"]).toMatchObject({ throttlingBurstLimit: 7 });
    expect(Number(stage.lastUpdatedDate) - Number(stage.createdDate)).toBe(5000);

    const removed = await update(id, { op: "remove", path: "/*/*" }, { op: "remove", path: "/variables/target" });
    expect(Object.keys(removed.methodSettings ?? {})).toEqual(["users~1{id}/GET"]);
    expect(removed).not.toHaveProperty("variables");
  });

  it.each([
    ["throttling/rateLimit", "abc"],
    ["throttling/rateLimit", "-2"],
    ["throttling/burstLimit", "Infinity"],
    ["caching/ttlInSeconds", "soon"],
    ["caching/ttlInSeconds", "3601"],
    ["caching/unauthorizedCacheControlHeaderStrategy", "SHRUG"],
  ])("refuses %s %s", async (setting, value) => {
    const id = await deployable();
    await deploy(id, "dev");
    await expect(update(id, { op: "replace", path: `/*/*/${setting}`, value })).rejects.toMatchObject({
      name: "BadRequestException",
    });
  });

  it("moves a stage to another deployment, and to none that is not there", async () => {
    const id = await deployable();
    await deploy(id, "dev");
    const { id: other } = await deploy(id);
    expect(await update(id, { op: "replace", path: "/deploymentId", value: other })).toMatchObject({
      deploymentId: other,
    });
    await expect(update(id, { op: "replace", path: "/deploymentId", value: "abcdef" })).rejects.toThrow(
      "Invalid Deployment identifier specified",
    );
  });

  it("lists the paths that a stage has to one that it has not", async () => {
    const id = await deployable();
    await deploy(id, "dev");
    await expect(update(id, { op: "replace", path: "/tags/a", value: "b" })).rejects.toThrow(
      /^Invalid method setting path: \/tags\/a\. Must be one of: \[\/deploymentId, \/description, .*\/\*\/\*\/throttling\/burstLimit.*\/variables\/\{variable_name\}, \/tracingEnabled\]$/,
    );
  });

  it.each([
    ["/cacheClusterEnabled", "true"],
    ["/cacheClusterSize", "0.5"],
    ["/tracingEnabled", "true"],
    ["/clientCertificateId", "abcdef"],
  ])("refuses %s by name", async (path, value) => {
    const id = await deployable();
    await deploy(id, "dev");
    await expect(update(id, { op: "replace", path, value })).rejects.toMatchObject({ name: "NotImplemented" });
  });
});

describe("UpdateAccount", () => {
  it("gives the role without which a stage cannot write logs", async () => {
    const id = await deployable();
    await deploy(id, "dev");
    const logs = () =>
      update(
        id,
        {
          op: "replace",
          path: "/accessLogSettings/destinationArn",
          value: "arn:aws:logs:us-east-1:000000000000:log-group:access",
        },
        { op: "replace", path: "/accessLogSettings/format", value: "$context.requestId" },
      );
    await expect(logs()).rejects.toThrow("CloudWatch Logs role ARN must be set in account settings to enable logging");
    const cloudwatchRoleArn = "arn:aws:iam::000000000000:role/logs";
    const patchOperations = [{ op: "replace" as const, path: "/cloudwatchRoleArn", value: cloudwatchRoleArn }];
    await gateway.send(new UpdateAccountCommand({ patchOperations }));
    expect(await gateway.send(new GetAccountCommand({}))).toMatchObject({
      cloudwatchRoleArn,
      features: ["UsagePlans"],
      throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
    });
    expect((await logs()).accessLogSettings).toEqual({
      destinationArn: "arn:aws:logs:us-east-1:000000000000:log-group:access",
      format: "$context.requestId",
    });
    expect(await update(id, { op: "remove", path: "/accessLogSettings" })).not.toHaveProperty("accessLogSettings");
  });
});
