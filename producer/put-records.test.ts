import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type KinesisClient, PutRecordsCommand, type PutRecordsResultEntry } from "@aws-sdk/client-kinesis";
import { afterEach, describe, expect, it } from "@jest/globals";
import { kinesisStream, makeSingleAttemptClient } from "./put-records.ts";
import { classify, type OutgoingRecord, RecordSender } from "./record-sender.ts";

interface Sent {
  readonly key: string;
  readonly text: string;
}

/** A stream that answers as `answer` says for each record of each call. */
function fakeStream(answer: (record: Sent, call: number) => "stored" | "refused" | Error) {
  const calls: Sent[][] = [];
  const stored: Sent[] = [];
  let inFlight = 0;
  const peak = { inFlight: 0 };
  const send = async ({ input }: PutRecordsCommand) => {
    const records = input.Records!.map(({ PartitionKey, Data }) => ({
      key: PartitionKey!,
      text: Buffer.from(Data!).toString(),
    }));
    calls.push(records);
    peak.inFlight = Math.max(peak.inFlight, ++inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight--;
    const call = calls.length;
    const Records: PutRecordsResultEntry[] = [];
    for (const record of records) {
      const result = answer(record, call);
      if (result instanceof Error) throw result;
      if (result === "stored") stored.push(record);
      Records.push(
        result === "stored" ? { SequenceNumber: "1" } : { ErrorCode: "ProvisionedThroughputExceededException" },
      );
    }
    return { Records };
  };
  return { calls, stored, peak, client: { send: send as unknown as KinesisClient["send"] } };
}

const record = (key: string, text = key): OutgoingRecord => ({ partitionKey: key, data: Buffer.from(text) });

async function sendAll(client: Pick<KinesisClient, "send">, records: readonly OutgoingRecord[]): Promise<RecordSender> {
  const sender = new RecordSender(kinesisStream(client, "rivers"));
  for (const one of records) await sender.send(one);
  await sender.drain();
  return sender;
}

const httpError = (name: string, status: number) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });
const networkError = (code: string) => Object.assign(new Error(code), { code });

describe("RecordSender", () => {
  it("sends the refused entries again, alone, until all are stored", async () => {
    const refusals = new Map<string, number>();
    const stream = fakeStream(({ text }) => {
      const times = refusals.get(text) ?? 0;
      refusals.set(text, times + 1);
      return Number(text) % 7 === 0 && times < 2 ? "refused" : "stored";
    });
    const records = Array.from({ length: 100 }, (_, index) => record("one key", String(index)));
    const sender = await sendAll(stream.client, records);
    expect(stream.stored.map(({ text }) => Number(text)).sort((a, b) => a - b)).toEqual(
      records.map((_, index) => index),
    );
    expect(stream.calls.slice(1).every((call) => call.every(({ text }) => Number(text) % 7 === 0))).toBe(true);
    expect(sender.stats).toEqual({ sent: 100, retried: 30, uncertain: 0 });
  });

  it("keeps the order of each partition key and has a bounded number of calls in flight", async () => {
    const stream = fakeStream(() => "stored");
    const records = Array.from({ length: 20_000 }, (_, index) => record(`key ${index % 50}`, String(index)));
    await sendAll(stream.client, records);
    const last = new Map<string, number>();
    for (const { key, text } of stream.stored) {
      expect(Number(text)).toBeGreaterThan(last.get(key) ?? -1);
      last.set(key, Number(text));
    }
    expect(stream.stored).toHaveLength(20_000);
    expect(stream.peak.inFlight).toBeGreaterThan(1);
    expect(stream.peak.inFlight).toBeLessThanOrEqual(4);
  });

  it("sends 500 records and 5 MB in a call at most", async () => {
    const stream = fakeStream(() => "stored");
    const large = Array.from({ length: 12 }, () => record("large", "x".repeat(900_000)));
    await sendAll(stream.client, [...Array.from({ length: 1200 }, () => record("small")), ...large]);
    expect(stream.calls.every((call) => call.length <= 500)).toBe(true);
    const bytes = stream.calls.map((call) => call.reduce((sum, { key, text }) => sum + key.length + text.length, 0));
    expect(Math.max(...bytes)).toBeLessThanOrEqual(5 * 1024 * 1024);
    expect(stream.stored).toHaveLength(1212);
  });

  it("sends a whole call again when the stream was throttled or away, and says what may be there twice", async () => {
    const failures = [httpError("ThrottlingException", 400), networkError("ECONNREFUSED"), networkError("ECONNRESET")];
    const stream = fakeStream(() => failures.shift() ?? "stored");
    const sender = await sendAll(stream.client, [record("a"), record("a")]);
    expect(sender.stats).toEqual({ sent: 2, retried: 6, uncertain: 2 });
  });

  it("throws an error that no retry would mend, from send and from drain", async () => {
    const stream = fakeStream(() => httpError("ResourceNotFoundException", 400));
    const sender = new RecordSender(kinesisStream(stream.client, "none"));
    await sender.send(record("a"));
    await expect(sender.drain()).rejects.toThrow("ResourceNotFoundException");
    await expect(sender.send(record("a"))).rejects.toThrow("ResourceNotFoundException");
    expect(stream.calls).toHaveLength(1);
  });
});

describe("classify", () => {
  it.each([
    ["a throttled call", httpError("ProvisionedThroughputExceededException", 400), "nothing stored"],
    ["a missing stream", httpError("ResourceNotFoundException", 400), "final"],
    ["a failing service", httpError("InternalFailure", 500), "uncertain"],
    ["a refused connection", networkError("ECONNREFUSED"), "nothing stored"],
    ["a connection that broke", networkError("ECONNRESET"), "uncertain"],
    [
      "a connection that broke in the middle of an answer",
      Object.assign(networkError("ECONNRESET"), { $metadata: { httpStatusCode: 200 } }),
      "uncertain",
    ],
    ["a timeout", Object.assign(new Error("timed out"), { name: "TimeoutError" }), "uncertain"],
    ["a bug", new TypeError("a bug"), "final"],
  ])("%s", (_, error, expected) => {
    expect(classify(error)).toBe(expected);
  });
});

describe("makeSingleAttemptClient", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
  });

  it("lets a failed call through at its first attempt, as an error that is known", async () => {
    let calls = 0;
    server = createServer((request, response) => {
      calls++;
      request.resume();
      response.writeHead(500).end("{}");
    });
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = makeSingleAttemptClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    expect(classify(await probe(client))).toBe("uncertain");
    expect(calls).toBe(1);
    client.destroy();
  });
});

async function probe(client: KinesisClient): Promise<unknown> {
  return client
    .send(new PutRecordsCommand({ StreamName: "s", Records: [{ PartitionKey: "a", Data: Buffer.from("a") }] }))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
}
