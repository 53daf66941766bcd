import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient, type FilteredLogEvent, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { FirehoseClient, PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import { describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { DataLake } from "../cli/reports/iot-data.ts";
import type { DeviceEvent } from "../handlers/iot/device-event.ts";
import { usePipeline } from "./deployed-pipeline.ts";
import { itUnless } from "./targets/it-unless.ts";

const pipeline = usePipeline("iot", { BufferIntervalInSeconds: "0", FunctionBufferIntervalInSeconds: "0" });

const lake = () => new DataLake(pipeline.deployed);

async function stored() {
  const [events, errors] = [await lake().events(), await lake().errors()];
  return { events: events.flatMap(({ lines }) => lines), errors: errors.flatMap(({ lines }) => lines) };
}

const storedUntil = (events: number, errors: number) =>
  pipeline.eventually(stored, (found) => found.events.length >= events && found.errors.length >= errors);

async function put(payloads: readonly (string | Buffer)[]): Promise<void> {
  const firehose = new FirehoseClient(pipeline.target.clientConfig);
  const { FailedPutCount } = await firehose.send(
    new PutRecordBatchCommand({
      DeliveryStreamName: pipeline.output("DeliveryStreamName"),
      Records: payloads.map((payload) => ({ Data: Buffer.from(payload) })),
    }),
  );
  firehose.destroy();
  expect(FailedPutCount).toBe(0);
}

const eventOf = (id: string, celsius = 20.5): DeviceEvent => ({
  event_id: id,
  device_id: "device-900",
  timestamp: "2026-03-01T10:00:00.000Z",
  temperature_celsius: celsius,
  humidity_percent: 40,
  battery_percent: 99,
});

/** What `headwater report iot` prints. */
async function report(options: { readonly out?: string } = {}): Promise<string> {
  let printed = "";
  const context = {
    signal: new AbortController().signal,
    print: (...lines: readonly string[]) => (printed += `${lines.join("\n")}\n`),
  };
  await pipeline.commands.report!.run(pipeline.deployed, options, context);
  return printed;
}

describe("iot", () => {
  const malformed = [
    "no json either",
    '{"event_id":"x"}',
    Buffer.from([0xff, 0x00, 0xfe]),
    '{"event_id":"a","device_id":"b"',
  ];
  let malformedBefore = 0;

  it("says so when there is nothing to report yet", async () => {
    await expect(report()).rejects.toThrow("The data lake has no events yet.");
  });

  itUnless("firehose-failed-records")("reports malformed records where there is nothing else", async () => {
    await put(["no json"]);
    await storedUntil(0, 1);
    expect(await report()).toContain("1 malformed record: 100.00 % of all");
  });

  it("stores every event as it was sent, one a line", async () => {
    const sent = Array.from({ length: 40 }, (_, index) => eventOf(`event-${index}`, 10 + index / 4));
    await put(sent.slice(0, 30).map((event) => JSON.stringify(event)));
    // a device may send several at once
    await put([JSON.stringify(sent.slice(30))]);
    const { events } = await storedUntil(sent.length, 0);
    const byId = (a: DeviceEvent, b: DeviceEvent) => (a.event_id < b.event_id ? -1 : 1);
    expect(events.toSorted(byId)).toEqual(sent.toSorted(byId));
  });

  itUnless("firehose-prefixes")("keeps events under processed/ and the day", async () => {
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
    for (const { key } of await lake().events()) {
      expect(key).toMatch(
        new RegExp(`^processed/\\d{4}/\\d\\d/\\d\\d/${pipeline.output("DeliveryStreamName")}-1-.*\\.jsonl$`),
      );
      expect(key).toContain(day.slice(0, 4));
    }
  });

  it("stores the events beside malformed ones", async () => {
    const before = await stored();
    await put([...malformed, JSON.stringify(eventOf("a good one among them"))]);
    const { events } = await storedUntil(before.events.length + 1, 0);
    expect(events.map(({ event_id: id }) => id)).toContain("a good one among them");
  });

  itUnless("firehose-failed-records")(
    "keeps malformed records as they came, with Firehose's account of them",
    async () => {
      const { errors } = await storedUntil(0, 1 + malformed.length);
      const raw = errors.map(({ rawData }) => rawData);
      const expected = ["no json", ...malformed].map((each) => Buffer.from(each).toString("base64"));
      expect(raw.toSorted()).toEqual(expected.toSorted());
      for (const error of errors) {
        expect(error).toMatchObject({
          errorCode: expect.stringMatching(/^Lambda\./),
          attemptsMade: expect.any(Number),
        });
      }
      for (const { key } of await lake().errors())
        expect(key).toMatch(/^error\/processing-failed\/\d{4}\/\d\d\/\d\d\//);
    },
  );

  it("stores every event of the producer that it did not make malformed", async () => {
    const before = await stored();
    malformedBefore = before.errors.length;
    const run = pipeline.producer({ devices: 7, rate: 2000, malformedShare: 0.1, limit: 500 });
    await run.run();
    expect(run.stats).toMatchObject({ sent: 500, retried: 0 });
    const { events } = await storedUntil(before.events.length + 450, 0);
    expect(events.length - before.events.length).toBe(450);
    const devices = new Set(events.slice(-450).map(({ device_id: device }) => device));
    expect(devices.size).toBeGreaterThanOrEqual(7);
  });

  itUnless("firehose-failed-records")("accounts for those that it made malformed among the errors", async () => {
    const { errors } = await storedUntil(0, malformedBefore + 50);
    expect(errors.length - malformedBefore).toBe(50);
  });

  it("logs each batch in the function's group", async () => {
    const logs = new CloudWatchLogsClient(pipeline.target.clientConfig);
    const logGroupName = pipeline.output("LogGroupName");
    const isOfBatch = ({ message }: FilteredLogEvent) => message?.includes("batch transformed") ?? false;
    const events = await pipeline.eventually(
      async () => (await logs.send(new FilterLogEventsCommand({ logGroupName }))).events ?? [],
      (found) => found.some(isOfBatch),
    );
    expect(JSON.parse(events.find(isOfBatch)!.message!)).toMatchObject({
      records: expect.any(Number),
      malformed: expect.any(Number),
    });
  });

  it("reports by device what the data lake has", async () => {
    const { events, errors } = await stored();
    const mine = events.filter(({ device_id: device }) => device === "device-900");
    const celsius = mine.map(({ temperature_celsius: value }) => value);
    const mean = celsius.reduce((sum, value) => sum + value, 0) / celsius.length;
    const figures = [Math.min(...celsius), mean, Math.max(...celsius)].map((value) => value.toFixed(2));
    const printed = await report();
    expect(printed).toMatch(new RegExp(`^device-900 +${mine.length} +${figures.join(" +")}$`, "m"));
    const share = ((errors.length / (events.length + errors.length)) * 100).toFixed(2);
    expect(printed).toContain(`${errors.length} malformed records: ${share} % of all`);
  });

  it("writes a page with plots that stands alone, and a CSV file of every event", async () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-report-"));
    try {
      await report({ out: folder });
      const page = readFileSync(join(folder, "iot.html"), "utf8");
      expect(page.match(/<svg/g)).toHaveLength(4);
      expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
      const rows = parse<DeviceEvent>(readFileSync(join(folder, "iot.csv")), { columns: true });
      const { events } = await stored();
      expect(rows.map((row) => row.event_id).toSorted()).toEqual(events.map((event) => event.event_id).toSorted());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("leaves nothing behind when it is destroyed", async () => {
    expect(await pipeline.destroy()).toEqual([]);
  });
});
