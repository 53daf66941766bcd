import { randomUUID } from "node:crypto";
import { APIGatewayClient, GetUsageCommand, UpdateUsagePlanCommand } from "@aws-sdk/client-api-gateway";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { SensorEvent } from "../handlers/sensors/sensor-event.ts";
import { usePipeline } from "./deployed-pipeline.ts";
import { keysOf, textOf } from "./stored.ts";
import { itUnless } from "./targets/it-unless.ts";

const pipeline = usePipeline("sensors");

let url: string;
let key: string;

beforeAll(async () => {
  const environment = await pipeline.commands.environment!(pipeline.deployed);
  url = environment["API_URL"]!;
  key = environment["API_KEY"]!;
});

/** An event of a sensor of its own; `changes` may break it. */
const eventOf = (changes: Partial<Record<keyof SensorEvent, unknown>> = {}) => {
  const event: SensorEvent = {
    id: randomUUID(),
    sensor_id: randomUUID(),
    temperature: 21.5,
    epoch: 1_772_359_200,
  };
  return { ...event, ...(changes as Partial<SensorEvent>) };
};

async function post(body: unknown, apiKey: string | undefined = key) {
  const response = await fetch(`${url}/events`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(apiKey !== undefined && { "x-api-key": apiKey }) },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as Record<string, string> };
}

const bucket = () => pipeline.output("EventsBucketName");

const objects = (prefix = "events/"): Promise<string[]> => keysOf(pipeline.target, bucket(), prefix);

const read = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await textOf(pipeline.target, bucket(), name)) as Record<string, unknown>;

describe("sensors", () => {
  it("stores an event as one JSON object, with the time of its arrival and both temperatures", async () => {
    const event = eventOf({ temperature: -40.5 });
    const { status, body } = await post(event);
    expect(status).toBe(201);
    expect(body["key"]).toBe(`events/${event.sensor_id}/2026/03/01/100000-${event.id}.json`);
    expect(await read(body["key"]!)).toEqual({
      ...event,
      temperature_celsius: -40.5,
      temperature_fahrenheit: -40.9,
      received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it("makes one object of an event that comes twice", async () => {
    const event = eventOf();
    const first = await post(event);
    const stored = await read(first.body["key"]!);
    const second = await post(event);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(await objects(`events/${event.sensor_id}/`)).toEqual([first.body["key"]]);
    expect(await read(first.body["key"]!)).toEqual(stored);
  });

  it.each([
    ["no id", { id: undefined }, "id"],
    ["an id that is no UUID", { id: "42" }, "id"],
    ["no sensor", { sensor_id: undefined }, "sensor_id"],
    ["a temperature in words", { temperature: "warm" }, "temperature"],
    ["a temperature below absolute zero", { temperature: -300 }, "temperature"],
    ["a time with a fraction", { epoch: 1.5 }, "epoch"],
    ["no time", { epoch: undefined }, "epoch"],
  ])("refuses an event with %s, and names the field", async (_, changes, field) => {
    const before = await objects();
    const { status, body } = await post(eventOf(changes));
    expect({ status, field: body["field"] }).toEqual({ status: 400, field });
    expect(body["message"]).toContain(field);
    expect(await objects()).toEqual(before);
  });

  it.each(["[]", "42", "no json"])("refuses the body %j before the function sees it", async (body) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { message: "Invalid request body" } });
  });

  itUnless("empty-bodies")("refuses an empty body before the function sees it", async () => {
    expect(await post("")).toMatchObject({ status: 400, body: { message: "Invalid request body" } });
  });

  it("forbids calls without a key, and with a wrong one, in API Gateway's words", async () => {
    const response = await fetch(`${url}/events`, { method: "POST", body: JSON.stringify(eventOf()) });
    expect(response.status).toBe(403);
    expect(response.headers.get("x-amzn-errortype")).toBe("ForbiddenException");
    expect(await response.json()).toEqual({ message: "Forbidden" });
    expect(await post(eventOf(), "a-wrong-key-of-some-length")).toMatchObject({
      status: 403,
      body: { message: "Forbidden" },
    });
  });

  it("stores each event of the producer once", async () => {
    const before = await objects();
    const run = pipeline.producer({ nEvents: 60, nWorkers: 6, maxDelay: 0, api: { url, key } });
    await run.run();
    expect(run.stats).toMatchObject({ sent: 60, refused: 0 });
    expect(await objects()).toHaveLength(before.length + 60);
  });

  itUnless("usage-plan-limits")(
    "throttles beyond the usage plan's rate, and the producer waits and loses nothing",
    async () => {
      await changePlan("/throttle/rateLimit", "5");
      await changePlan("/throttle/burstLimit", "2");
      const before = await objects();
      const answers = await Promise.all(Array.from({ length: 12 }, () => post(eventOf())));
      const statuses = answers.map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([201, 429]));
      expect(answers.find(({ status }) => status === 429)?.body).toEqual({ message: "Too Many Requests" });

      const run = pipeline.producer({ nEvents: 10, nWorkers: 5, maxDelay: 0, api: { url, key } });
      await run.run();
      expect(run.stats).toMatchObject({ sent: 10, refused: 0 });
      expect(run.stats.retried).toBeGreaterThan(0);
      const stored = statuses.filter((status) => status === 201).length;
      expect(await objects()).toHaveLength(before.length + stored + 10);
    },
  );

  itUnless("usage-plan-limits")("refuses beyond the usage plan's quota, whose use can be asked for", async () => {
    await changePlan("/throttle/rateLimit", "1000");
    await changePlan("/throttle/burstLimit", "1000");
    await changePlan("/quota/limit", "1");
    expect(await post(eventOf())).toMatchObject({ status: 429, body: { message: "Limit Exceeded" } });
    const gateway = new APIGatewayClient(pipeline.target.clientConfig);
    const today = new Date().toISOString().slice(0, 10);
    const { items = {} } = await gateway.send(
      new GetUsageCommand({ usagePlanId: pipeline.output("UsagePlanId"), startDate: today, endDate: today }),
    );
    const [[used]] = items[pipeline.output("ApiKeyId")] as [[number, number]];
    expect(used).toBeGreaterThan(60);
  });

  it("leaves nothing behind when it is destroyed", async () => {
    expect(await pipeline.destroy()).toEqual([]);
  });
});

async function changePlan(path: string, value: string): Promise<void> {
  await new APIGatewayClient(pipeline.target.clientConfig).send(
    new UpdateUsagePlanCommand({
      usagePlanId: pipeline.output("UsagePlanId"),
      patchOperations: [{ op: "replace", path, value }],
    }),
  );
}
