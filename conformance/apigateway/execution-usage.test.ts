import { describe, expect, it } from "@jest/globals";
import {
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetUsageCommand,
  UpdateApiKeyCommand,
  UpdateStageCommand,
  type CreateUsagePlanCommandInput,
} from "@aws-sdk/client-api-gateway";
import { ExecutionFixture, mock, read } from "./execution-fixture.ts";

const DAY_MS = 24 * 3_600_000;

describe("API keys and usage plans", () => {
  const aws = new ExecutionFixture({ manualClock: true });

  const deployWithKey = async (plan: Partial<CreateUsagePlanCommandInput>) => {
    const { restApiId, url } = await aws.deploy({
      methods: { "GET /x": mock("{}", { method: { apiKeyRequired: true } }), "GET /open": mock("{}") },
    });
    const { id: keyId = "", value = "" } = await aws.gateway.send(
      new CreateApiKeyCommand({ name: "key", enabled: true }),
    );
    const { id: usagePlanId = "" } = await aws.gateway.send(
      new CreateUsagePlanCommand({ name: "plan", apiStages: [{ apiId: restApiId, stage: "test" }], ...plan }),
    );
    await aws.gateway.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: "API_KEY" }));
    const get = (key = value) => read(fetch(`${url}/x`, { headers: { "x-api-key": key } }));
    return { restApiId, url, keyId, usagePlanId, get };
  };

  describe("behaviour", () => {
    it("lets in who has a key of a plan of the stage, and nobody else", async () => {
      const { url, keyId, get } = await deployWithKey({});
      const forbidden = { status: 403, body: '{"message":"Forbidden"}' };
      expect(await get()).toMatchObject({ status: 200 });
      expect(await get("wrong")).toMatchObject(forbidden);
      const without = await read(fetch(`${url}/x`));
      expect(without).toMatchObject(forbidden);
      expect(without.headers.get("x-amzn-errortype")).toBe("ForbiddenException");
      expect(await read(fetch(`${url}/open`))).toMatchObject({ status: 200 });
      const { value: elsewhere = "" } = await aws.gateway.send(
        new CreateApiKeyCommand({ name: "other", enabled: true }),
      );
      expect(await get(elsewhere)).toMatchObject(forbidden);
      const off = [{ op: "replace" as const, path: "/enabled", value: "false" }];
      await aws.gateway.send(new UpdateApiKeyCommand({ apiKey: keyId, patchOperations: off }));
      expect(await get()).toMatchObject(forbidden);
    });

    it("holds a key to the rate and the burst of its plan", async () => {
      const { get } = await deployWithKey({ throttle: { rateLimit: 2, burstLimit: 3 } });
      for (let n = 0; n < 3; n++) expect(await get()).toMatchObject({ status: 200 });
      const refused = await get();
      expect(refused).toMatchObject({ status: 429, body: '{"message":"Too Many Requests"}' });
      expect(refused.headers.get("x-amzn-errortype")).toBe("TooManyRequestsException");
      await aws.target.clock.advance(500);
      expect(await get()).toMatchObject({ status: 200 });
      expect(await get()).toMatchObject({ status: 429 });
      await aws.target.clock.advance(60_000);
      for (let n = 0; n < 3; n++) expect(await get()).toMatchObject({ status: 200 });
      expect(await get()).toMatchObject({ status: 429 });
    });

    it("lets a request through in the very moment in which it may come, however often it was refused before", async () => {
      const { get } = await deployWithKey({ throttle: { rateLimit: 0.1, burstLimit: 1 } });
      expect(await get()).toMatchObject({ status: 200 });
      for (let second = 1; second < 10; second++) {
        await aws.target.clock.advance(1000);
        expect(await get()).toMatchObject({ status: 429 });
      }
      await aws.target.clock.advance(1000);
      expect(await get()).toMatchObject({ status: 200 });
    });

    it("takes the throttle of a method before that of the plan", async () => {
      const { restApiId, url } = await aws.deploy({
        methods: { "GET /x": mock("{}", { method: { apiKeyRequired: true } }) },
      });
      const { id: keyId = "", value = "" } = await aws.gateway.send(
        new CreateApiKeyCommand({ name: "k", enabled: true }),
      );
      const { id: usagePlanId = "" } = await aws.gateway.send(
        new CreateUsagePlanCommand({
          name: "by method",
          throttle: { rateLimit: 100, burstLimit: 100 },
          apiStages: [{ apiId: restApiId, stage: "test", throttle: { "/x/GET": { rateLimit: 1, burstLimit: 1 } } }],
        }),
      );
      await aws.gateway.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: "API_KEY" }));
      const get = () => read(fetch(`${url}/x`, { headers: { "x-api-key": value } }));
      expect(await get()).toMatchObject({ status: 200 });
      expect(await get()).toMatchObject({ status: 429 });
    });

    it("counts a key's requests against its quota, which begins anew each day", async () => {
      const { get, usagePlanId, keyId } = await deployWithKey({ quota: { limit: 2, period: "DAY" } });
      const day = new Date(aws.target.clock.now()).toISOString().slice(0, 10);
      expect(await get()).toMatchObject({ status: 200 });
      expect(await get()).toMatchObject({ status: 200 });
      const refused = await get();
      expect(refused).toMatchObject({ status: 429, body: '{"message":"Limit Exceeded"}' });
      expect(refused.headers.get("x-amzn-errortype")).toBe("LimitExceededException");
      const usage = await aws.gateway.send(new GetUsageCommand({ usagePlanId, keyId, startDate: day, endDate: day }));
      expect(usage.items).toEqual({ [keyId]: [[2, 0]] });
      await aws.target.clock.advance(DAY_MS);
      expect(await get()).toMatchObject({ status: 200 });
    });

    it("holds a stage's method to its settings, until -1 takes them away", async () => {
      const { restApiId, url } = await aws.deploy({ methods: { "GET /x": mock("{}"), "GET /y": mock("{}") } });
      await aws.gateway.send(
        new UpdateStageCommand({
          restApiId,
          stageName: "test",
          patchOperations: [
            { op: "replace", path: "/~1x/GET/throttling/rateLimit", value: "1" },
            { op: "replace", path: "/~1x/GET/throttling/burstLimit", value: "1" },
          ],
        }),
      );
      expect(await read(fetch(`${url}/x`))).toMatchObject({ status: 200 });
      expect(await read(fetch(`${url}/x`))).toMatchObject({ status: 429 });
      expect(await read(fetch(`${url}/y`))).toMatchObject({ status: 200 });
      await aws.gateway.send(
        new UpdateStageCommand({
          restApiId,
          stageName: "test",
          patchOperations: [
            { op: "replace", path: "/~1x/GET/throttling/rateLimit", value: "-1" },
            { op: "replace", path: "/~1x/GET/throttling/burstLimit", value: "-1" },
          ],
        }),
      );
      for (let n = 0; n < 3; n++) expect(await read(fetch(`${url}/x`))).toMatchObject({ status: 200 });
    });
  });
});
