import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteRestApiCommand,
  DeleteUsagePlanCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetUsageCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  ImportApiKeysCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateApiKeyCommand,
  UpdateUsageCommand,
  UpdateUsagePlanCommand,
  type PatchOperation,
} from "@aws-sdk/client-api-gateway";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();
const gateway = useClient(new APIGatewayClient(target.clientConfig()));

async function stage(): Promise<{ apiId: string; stage: string }> {
  const { id = "", rootResourceId } = await gateway.send(new CreateRestApiCommand({ name: "a" }));
  const place = { restApiId: id, resourceId: rootResourceId, httpMethod: "GET" };
  await gateway.send(new PutMethodCommand({ ...place, authorizationType: "NONE" }));
  await gateway.send(new PutIntegrationCommand({ ...place, type: "MOCK" }));
  await gateway.send(new CreateDeploymentCommand({ restApiId: id, stageName: "dev" }));
  return { apiId: id, stage: "dev" };
}

const createKey = (input: Partial<ConstructorParameters<typeof CreateApiKeyCommand>[0]> = {}) =>
  gateway.send(new CreateApiKeyCommand({ name: "k", enabled: true, ...input }));

describe("CreateApiKey", () => {
  it("makes up a value of 40 characters, shown again only when asked for", async () => {
    const key = await createKey();
    expect(key).toMatchObject({
      id: expect.stringMatching(/^[a-z0-9]{10}$/),
      value: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      enabled: true,
      stageKeys: [],
    });
    expect(await gateway.send(new GetApiKeyCommand({ apiKey: key.id }))).not.toHaveProperty("value");
    const shown = await gateway.send(new GetApiKeyCommand({ apiKey: key.id, includeValue: true }));
    expect(shown.value).toBe(key.value);
  });

  it("takes a value of at least 20 characters, once", async () => {
    const value = "a-value-of-my-own-choice";
    expect((await createKey({ value })).value).toBe(value);
    await expect(createKey({ value })).rejects.toMatchObject({
      name: "ConflictException",
      message: "API Key already exists",
    });
    await expect(createKey({ value: "short" })).rejects.toMatchObject({
      name: "BadRequestException",
      message: "API Key value should be at least 20 characters",
    });
  });
});

describe("GetApiKeys", () => {
  it("finds keys by the beginning of their names, and by customer", async () => {
    await createKey({ name: "find-me-1" });
    await createKey({ name: "find-me-2", customerId: "c" });
    const names = async (input: { nameQuery?: string; customerId?: string }) =>
      (await gateway.send(new GetApiKeysCommand(input))).items?.map(({ name }) => name).toSorted();
    expect(await names({ nameQuery: "find-me" })).toEqual(["find-me-1", "find-me-2"]);
    expect(await names({ customerId: "c" })).toEqual(["find-me-2"]);
  });
});

describe("UpdateApiKey", () => {
  it("disables a key; its value cannot be changed", async () => {
    const { id } = await createKey();
    const update = (operation: PatchOperation) =>
      gateway.send(new UpdateApiKeyCommand({ apiKey: id, patchOperations: [operation] }));
    expect(await update({ op: "replace", path: "/enabled", value: "false" })).toMatchObject({ enabled: false });
    await expect(update({ op: "replace", path: "/value", value: "x" })).rejects.toThrow(
      "Invalid patch path  '/value' specified for op 'replace'. Must be one of: [/name, /description, /enabled, /customerId]",
    );
  });
});

describe("DeleteApiKey", () => {
  it("takes the key out of its usage plans, and frees its value", async () => {
    const value = "a-value-to-be-used-twice";
    const key = await createKey({ value });
    const plan = await gateway.send(new CreateUsagePlanCommand({ name: "p" }));
    await gateway.send(new CreateUsagePlanKeyCommand({ usagePlanId: plan.id, keyId: key.id, keyType: "API_KEY" }));
    await gateway.send(new DeleteApiKeyCommand({ apiKey: key.id }));
    expect((await gateway.send(new GetUsagePlanKeysCommand({ usagePlanId: plan.id }))).items).toEqual([]);
    await expect(gateway.send(new GetApiKeyCommand({ apiKey: key.id }))).rejects.toThrow(
      "Invalid API Key identifier specified",
    );
    await createKey({ value });
  });
});

describe("ImportApiKeys", () => {
  const file = (...rows: string[]) => Buffer.from(["Name,Key,description,Enabled,usageplanIds", ...rows].join("\n"));

  it("creates keys and adds them to the plans that the file names", async () => {
    const { id } = await gateway.send(new CreateUsagePlanCommand({ name: "p" }));
    const { ids = [], warnings } = await gateway.send(
      new ImportApiKeysCommand({
        format: "csv",
        body: file(`one,abcdefghij1234567890,the first,TRUE,${id}`, 'two,bcdefghij12345678901,,FALSE,"gone"'),
      }),
    );
    expect(warnings).toEqual(["Usage Plan gone of API Key two does not exist"]);
    const { items } = await gateway.send(new GetUsagePlanKeysCommand({ usagePlanId: id }));
    expect(items).toEqual([{ id: ids[0], name: "one", type: "API_KEY", value: "abcdefghij1234567890" }]);
    expect(await gateway.send(new GetApiKeyCommand({ apiKey: ids[1] }))).toMatchObject({ name: "two", enabled: false });
  });

  it("creates none of them when one cannot be", async () => {
    const body = file("three,cdefghij123456789012,,true,", "four,short,,true,");
    await expect(gateway.send(new ImportApiKeysCommand({ format: "csv", body }))).rejects.toThrow("at least 20");
    expect((await gateway.send(new GetApiKeysCommand({ nameQuery: "three" }))).items).toEqual([]);
  });
});

describe("CreateUsagePlan", () => {
  it("answers what it was given, and the plans of a key", async () => {
    const apiStage = await stage();
    const plan = await gateway.send(
      new CreateUsagePlanCommand({
        name: "p",
        apiStages: [{ ...apiStage, throttle: { "/a/GET": { rateLimit: 1, burstLimit: 2 } } }],
        throttle: { rateLimit: 10, burstLimit: 5 },
        quota: { limit: 100, period: "DAY" },
        tags: { a: "b" },
      }),
    );
    expect(plan).toMatchObject({
      apiStages: [{ ...apiStage, throttle: { "/a/GET": { rateLimit: 1, burstLimit: 2 } } }],
      throttle: { rateLimit: 10, burstLimit: 5 },
      quota: { limit: 100, offset: 0, period: "DAY" },
      tags: { a: "b" },
    });
    const { id } = await createKey();
    await gateway.send(new CreateUsagePlanKeyCommand({ usagePlanId: plan.id, keyId: id, keyType: "API_KEY" }));
    const { items = [] } = await gateway.send(new GetUsagePlansCommand({ keyId: id }));
    expect(items.map((item) => item.id)).toEqual([plan.id]);
  });

  it.each([
    [{ apiStages: [{ apiId: "abc", stage: "dev" }] }, "NotFoundException", "API Stage not found: abc:dev"],
    [
      { quota: { limit: 0, period: "DAY" as const } },
      "BadRequestException",
      "Usage Plan quota limit must be greater than 0",
    ],
    [
      { quota: { limit: 1, offset: 1, period: "DAY" as const } },
      "BadRequestException",
      "Usage Plan quota offset must be between 0 and 0 for the period DAY",
    ],
  ])("refuses %j", async (input, name, message) => {
    await expect(gateway.send(new CreateUsagePlanCommand({ name: "p", ...input }))).rejects.toMatchObject({
      name,
      message,
    });
  });
});

describe("UpdateUsagePlan", () => {
  it("changes limits, stages and the limits of methods", async () => {
    const { id: usagePlanId } = await gateway.send(new CreateUsagePlanCommand({ name: "p" }));
    const { apiId } = await stage();
    const update = (...patchOperations: PatchOperation[]) =>
      gateway.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations }));
    const plan = await update(
      { op: "add", path: "/apiStages", value: `${apiId}:dev` },
      { op: "replace", path: "/throttle/rateLimit", value: "3" },
      { op: "replace", path: "/quota/limit", value: "9" },
      { op: "replace", path: "/quota/period", value: "WEEK" },
      { op: "replace", path: `/apiStages/${apiId}:dev/throttle/~1a/GET/rateLimit`, value: "2" },
    );
    expect(plan).toMatchObject({
      apiStages: [{ apiId, stage: "dev", throttle: { "/a/GET": { rateLimit: 2, burstLimit: 0 } } }],
      throttle: { rateLimit: 3 },
      quota: { limit: 9, offset: 0, period: "WEEK" },
    });
    const emptied = await update(
      { op: "remove", path: "/apiStages", value: `${apiId}:dev` },
      { op: "remove", path: "/throttle" },
      { op: "remove", path: "/quota" },
    );
    expect(emptied.apiStages).toEqual([]);
    expect(emptied).not.toHaveProperty("quota");
    await expect(update({ op: "remove", path: "/apiStages" })).rejects.toThrow("Invalid API Stage specified");
    await expect(update({ op: "remove", path: `/apiStages/${apiId}:dev` })).rejects.toThrow(
      "specified for op 'remove'. Must be one of: [/apiStages, /quota, /throttle, /productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, /apiStages/<apidId:stageName>/throttle]",
    );
  });
});

describe("DeleteUsagePlan", () => {
  it("keeps a plan that still has stages", async () => {
    const apiStage = await stage();
    const { id } = await gateway.send(new CreateUsagePlanCommand({ name: "p", apiStages: [apiStage] }));
    const remove = () => gateway.send(new DeleteUsagePlanCommand({ usagePlanId: id }));
    await expect(remove()).rejects.toMatchObject({
      name: "BadRequestException",
      message: `Cannot delete Usage Plan ${id} because there are API Stages associated with it, including ${apiStage.apiId}:dev`,
    });
    const patchOperations = [{ op: "remove" as const, path: "/apiStages", value: `${apiStage.apiId}:dev` }];
    await gateway.send(new UpdateUsagePlanCommand({ usagePlanId: id, patchOperations }));
    await remove();
    await expect(remove()).rejects.toThrow("Invalid Usage Plan ID specified");
  });
});

describe("DeleteRestApi", () => {
  it("takes the API's stages out of the usage plans", async () => {
    const apiStage = await stage();
    const { id } = await gateway.send(new CreateUsagePlanCommand({ name: "p", apiStages: [apiStage] }));
    await gateway.send(new DeleteRestApiCommand({ restApiId: apiStage.apiId }));
    expect((await gateway.send(new GetUsagePlanCommand({ usagePlanId: id }))).apiStages).toEqual([]);
  });
});

describe("GetUsage", () => {
  it("shows what is left of the quota, which UpdateUsage extends for the present period", async () => {
    const plan = await gateway.send(new CreateUsagePlanCommand({ name: "p", quota: { limit: 10, period: "MONTH" } }));
    const { id: keyId = "" } = await createKey();
    const ids = { usagePlanId: plan.id, keyId };
    await gateway.send(new CreateUsagePlanKeyCommand({ ...ids, keyType: "API_KEY" }));
    const today = new Date().toISOString().slice(0, 10);
    const range = { startDate: today, endDate: today };
    expect((await gateway.send(new GetUsageCommand({ usagePlanId: plan.id, ...range }))).items).toEqual({
      [keyId]: [[0, 10]],
    });
    const patchOperations = [{ op: "replace" as const, path: "/remaining", value: "25" }];
    const updated = await gateway.send(new UpdateUsageCommand({ ...ids, patchOperations }));
    expect(updated.items).toEqual({ [keyId]: [[0, 25]] });
    await gateway.send(new DeleteUsagePlanKeyCommand(ids));
    await expect(gateway.send(new UpdateUsageCommand({ ...ids, patchOperations }))).rejects.toMatchObject({
      name: "NotFoundException",
    });
  });

  it.each([
    ["today", "2026-01-01"],
    ["2026-02-01", "2026-01-01"],
    ["2026-13-01", "2026-13-02"],
    ["0001-01-01", "9999-12-31"],
  ])("refuses the days from %s to %s", async (startDate, endDate) => {
    const { id } = await gateway.send(new CreateUsagePlanCommand({ name: "p" }));
    await expect(gateway.send(new GetUsageCommand({ usagePlanId: id, startDate, endDate }))).rejects.toMatchObject({
      name: "BadRequestException",
    });
  });
});
