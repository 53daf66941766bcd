import { once } from "node:events";
import http2 from "node:http2";
import { Readable } from "node:stream";
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateStreamCommand,
  KinesisClient,
  PutRecordCommand,
  StreamStatus,
  DescribeStreamSummaryCommand,
} from "@aws-sdk/client-kinesis";
import { cbor } from "@smithy/core/cbor";
import { ManualClock, startEmulator, type RunningEmulator } from "../../emulator/index.ts";
import { framesOf, register, SHARD, subscribe, type Frame } from "../kinesis/fan-out.ts";
import { authorization } from "../raw-request.ts";
import { eventually } from "../target.ts";

const TARGET = "Kinesis_20131202.SubscribeToShard";
const MEBIBYTE = 1 << 20;

let emulator: RunningEmulator;
let kinesis: KinesisClient;
let streams = 0;

beforeEach(async () => {
  emulator = await startEmulator({ port: 0, logLevel: "silent", kinesisLimits: "off" });
  kinesis = new KinesisClient({ ...emulator.clientConfig(), maxAttempts: 1 });
});
afterEach(async () => {
  kinesis.destroy();
  await emulator.stop();
});

/** A stream with a consumer that are ACTIVE. */
async function consumed(): Promise<{ stream: string; consumer: string }> {
  const stream = `events-${streams++}`;
  await kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 1 }));
  await eventually("the stream is ACTIVE", async () => {
    const answer = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: stream }));
    return answer.StreamDescriptionSummary?.StreamStatus === StreamStatus.ACTIVE ? true : undefined;
  });
  const consumer = await register(kinesis, stream);
  return { stream, consumer };
}

const put = (stream: string, data: string | Uint8Array) =>
  kinesis.send(new PutRecordCommand({ StreamName: stream, PartitionKey: "k", Data: Buffer.from(data) }));

const inputOf = (ConsumerARN: string) => ({
  ConsumerARN,
  ShardId: SHARD,
  StartingPosition: { Type: "TRIM_HORIZON" },
});

/** Over HTTP/1.1, as botocore does. */
async function overHttp1(path: string, headers: Record<string, string>, body: NonNullable<RequestInit["body"]>) {
  const response = await fetch(new URL(path, emulator.endpoint), {
    method: "POST",
    headers: { authorization: authorization("kinesis"), ...headers },
    body,
  });
  const frames = framesOf(Readable.fromWeb(response.body as never) as AsyncIterable<Uint8Array>);
  return { status: response.status, headers: response.headers, frames };
}

async function take(frames: AsyncGenerator<Frame>, count: number): Promise<Frame[]> {
  const taken: Frame[] = [];
  while (taken.length < count) {
    const { done, value } = await frames.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

const eventOf = (type: string, contentType: string) => ({
  ":message-type": "event",
  ":event-type": type,
  ":content-type": contentType,
});

interface CborEvent {
  readonly Records: readonly {
    readonly Data: Uint8Array;
    readonly ApproximateArrivalTimestamp: { readonly value: number };
  }[];
}

describe("event streams on the wire", () => {
  const JSON_TYPE = "application/x-amz-json-1.1";
  const CBOR_TYPE = "application/x-amz-cbor-1.1";

  it("begin with the initial response and have JSON in their messages", async () => {
    const { stream, consumer } = await consumed();
    await put(stream, "data");
    const headers = { "x-amz-target": TARGET, "content-type": JSON_TYPE };
    const answer = await overHttp1("/", headers, JSON.stringify(inputOf(consumer)));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/vnd.amazon.eventstream");
    expect(answer.headers.get("content-length")).toBeNull();
    const [initial, event] = await take(answer.frames, 2);
    expect(initial).toEqual({ headers: eventOf("initial-response", JSON_TYPE), body: {} });
    expect(event).toMatchObject({
      headers: eventOf("SubscribeToShardEvent", JSON_TYPE),
      body: { Records: [{ Data: Buffer.from("data").toString("base64"), PartitionKey: "k" }], MillisBehindLatest: 0 },
    });
    await answer.frames.return(undefined);
  });

  it("have CBOR in their messages where the request has, with bytes as bytes and times in milliseconds", async () => {
    const { stream, consumer } = await consumed();
    const before = Date.now();
    await put(stream, "data");
    const headers = { "x-amz-target": TARGET, "content-type": CBOR_TYPE };
    const answer = await overHttp1("/", headers, cbor.serialize(inputOf(consumer)));
    const [initial, event] = await take(answer.frames, 2);
    expect(initial).toEqual({ headers: eventOf("initial-response", CBOR_TYPE), body: {} });
    expect(event?.headers).toEqual(eventOf("SubscribeToShardEvent", CBOR_TYPE));
    const [record] = (event?.body as CborEvent | undefined)?.Records ?? [];
    expect(Buffer.from(record?.Data ?? []).toString()).toBe("data");
    expect(Number(record?.ApproximateArrivalTimestamp.value)).toBeGreaterThanOrEqual(before);
    await answer.frames.return(undefined);
  });

  it("come by rpc-v2-cbor too", async () => {
    const { stream, consumer } = await consumed();
    await put(stream, "data");
    const headers = { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" };
    const path = "/service/Kinesis_20131202/operation/SubscribeToShard";
    const answer = await overHttp1(path, headers, cbor.serialize(inputOf(consumer)));
    expect(answer.headers.get("smithy-protocol")).toBe("rpc-v2-cbor");
    const [, event] = await take(answer.frames, 2);
    expect(event?.headers).toEqual(eventOf("SubscribeToShardEvent", "application/cbor"));
    await answer.frames.return(undefined);
  });

  it("say what ends them in an exception, whose structure is in the body", async () => {
    const { consumer } = await consumed();
    const headers = { "x-amz-target": TARGET, "content-type": JSON_TYPE };
    const answer = await overHttp1("/", headers, JSON.stringify(inputOf(consumer)));
    await take(answer.frames, 1);
    const gone = await fetch(emulator.endpoint, {
      method: "POST",
      headers: {
        authorization: authorization("kinesis"),
        "x-amz-target": "Kinesis_20131202.DeregisterStreamConsumer",
        "content-type": JSON_TYPE,
      },
      body: JSON.stringify({ ConsumerARN: consumer }),
    });
    expect(gone.status).toBe(200);
    expect(await take(answer.frames, 2)).toEqual([
      {
        headers: {
          ":message-type": "exception",
          ":exception-type": "ResourceNotFoundException",
          ":content-type": JSON_TYPE,
        },
        body: { message: `Consumer ${consumer} not found.` },
      },
    ]);
  });
});

describe("a reader of an event stream", () => {
  /** How many events were made for the consumer, by what the service publishes about itself. */
  async function eventsMade(stream: string): Promise<number> {
    const cloudwatch = new CloudWatchClient(emulator.clientConfig());
    const Dimensions = [
      { Name: "StreamName", Value: stream },
      { Name: "ConsumerName", Value: "consumer" },
    ];
    const Metric = { Namespace: "AWS/Kinesis", MetricName: "SubscribeToShardEvent.Success", Dimensions };
    const hour = 3_600_000;
    const start = Date.now() - (Date.now() % hour);
    const answer = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(start - hour),
        EndTime: new Date(start + 2 * hour),
        MetricDataQueries: [{ Id: "m", MetricStat: { Metric, Period: 3 * 3600, Stat: "Sum" } }],
      }),
    );
    cloudwatch.destroy();
    return answer.MetricDataResults?.[0]?.Values?.[0] ?? 0;
  }

  function overHttp2(session: http2.ClientHttp2Session, consumer: string): http2.ClientHttp2Stream {
    const request = session.request({
      ":method": "POST",
      authorization: authorization("kinesis"),
      "x-amz-target": TARGET,
      "content-type": "application/x-amz-json-1.1",
    });
    request.end(JSON.stringify(inputOf(consumer)));
    return request;
  }

  it("that does not read keeps the next events from being made", async () => {
    const { stream, consumer } = await consumed();
    const count = 20;
    for (let index = 0; index < count; index++) await put(stream, Buffer.alloc(MEBIBYTE - 1));
    const session = http2.connect(emulator.endpoint);
    const request = overHttp2(session, consumer);
    await once(request, "response"); // and nothing is read
    const made = await eventually("a few events are made, and no more", async () => {
      const before = await eventsMade(stream);
      await put(stream, "wakes whoever waits");
      const after = await eventsMade(stream);
      return before > 0 && before === after ? after : undefined;
    });
    expect(made).toBeLessThan(5);
    let records = 0;
    for await (const { body } of framesOf(request)) {
      records += (body as { Records?: unknown[] }).Records?.length ?? 0;
      if (records >= count) break;
    }
    expect(records).toBeGreaterThanOrEqual(count);
    session.destroy();
  });

  it("that goes away is not pushed to any more", async () => {
    const { stream, consumer } = await consumed();
    const session = http2.connect(emulator.endpoint);
    const request = overHttp2(session, consumer);
    const frames = framesOf(request);
    await put(stream, "seen");
    await take(frames, 2);
    request.close(http2.constants.NGHTTP2_CANCEL);
    session.destroy();
    await eventually("puts make no events", async () => {
      const before = await eventsMade(stream);
      await put(stream, "not seen");
      return (await eventsMade(stream)) === before ? true : undefined;
    });
  });

  /** What a subscription over HTTP/1.1 reads up to its end; throws when it is cut off. */
  async function readToTheEnd(consumer: string): Promise<{ begun: Promise<unknown>; rest: Promise<Frame[]> }> {
    const headers = { "x-amz-target": TARGET, "content-type": "application/x-amz-json-1.1" };
    const { frames } = await overHttp1("/", headers, JSON.stringify(inputOf(consumer)));
    const begun = take(frames, 1);
    return { begun, rest: begun.then(() => take(frames, Infinity)) };
  }

  const recordsOf = (frames: readonly Frame[]) => frames.flatMap(({ body }) => (body as { Records: unknown }).Records);

  it.each([
    ["stop", () => emulator.stop()],
    ["reset", () => emulator.reset()],
  ])("hears of a %s as of an end", async (_name, end) => {
    const { consumer } = await consumed();
    const other = await consumed();
    const session = http2.connect(emulator.endpoint);
    const request = overHttp2(session, other.consumer);
    await once(request, "response");
    const first = await readToTheEnd(consumer);
    await first.begun;
    const closed = once(request, "close");
    request.resume();
    await end();
    expect(recordsOf(await first.rest)).toEqual([]);
    await closed;
    expect([request.aborted, request.rstCode, request.readableEnded]).toEqual([
      false,
      http2.constants.NGHTTP2_NO_ERROR,
      true,
    ]);
    session.destroy();
  });

  describe("that does not read", () => {
    const LIFETIME_MS = 300_000;
    const EXCLUSIVE_MS = 5_000;
    const GRACE_MS = 5_000;
    let clock: ManualClock;

    beforeEach(async () => {
      clock = new ManualClock(Date.now());
      await emulator.stop();
      kinesis.destroy();
      emulator = await startEmulator({ port: 0, logLevel: "silent", kinesisLimits: "off", clock });
      kinesis = new KinesisClient({ ...emulator.clientConfig(), maxAttempts: 1 });
    });

    /** Steps the time past what streams and consumers need to be ACTIVE. */
    async function settled<T>(call: Promise<T>): Promise<T> {
      const answer = await call;
      await clock.advance(100);
      return answer;
    }

    it.each([
      ["its five minutes are over", () => clock.advance(LIFETIME_MS)],
      [
        "another one takes its place",
        async (consumer: string) => {
          await clock.advance(EXCLUSIVE_MS);
          await subscribe(kinesis, consumer, "LATEST");
        },
      ],
    ])("is cut off when %s", async (_name, end) => {
      await settled(kinesis.send(new CreateStreamCommand({ StreamName: "s", ShardCount: 1 })));
      const consumer = await settled(register(kinesis, "s"));
      const count = 20;
      for (let index = 0; index < count; index++) await put("s", Buffer.alloc(MEBIBYTE - 1));
      const session = http2.connect(emulator.endpoint);
      const request = overHttp2(session, consumer);
      await once(request, "response"); // and nothing is read
      await end(consumer);
      await clock.advance(GRACE_MS);
      let records = 0;
      const reading = async () => {
        for await (const { body } of framesOf(request)) records += (body as { Records?: [] }).Records?.length ?? 0;
      };
      await expect(reading()).rejects.toThrow();
      expect(records).toBeLessThan(count);
      session.destroy();
    });
  });

  it("finds nothing after a reset", async () => {
    const { consumer } = await consumed();
    await emulator.reset();
    await expect(subscribe(kinesis, consumer)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
