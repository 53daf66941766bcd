import { describe, expect, it } from "@jest/globals";
import { PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { CreateEventSourceMappingCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import type { KinesisStreamEvent } from "aws-lambda";
import { type Consumer, MappingFixture } from "../event-source-mapping-fixture.ts";

const filters = (...patterns: readonly object[]) => ({
  FilterCriteria: { Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) },
});

/** What a consumer was given, as text. */
const texts = ({ events }: Pick<Consumer, "events">): string[] =>
  events.flatMap(({ Records }) => Records.map(({ kinesis }) => Buffer.from(kinesis.data, "base64").toString()));

describe("filters of a Kinesis stream", () => {
  const aws = MappingFixture.use();

  const setUp = async (name: string) => {
    const EventSourceArn = await aws.stream(name);
    const consumer = await aws.consumer(name);
    return { ...consumer, names: { FunctionName: name, EventSourceArn } };
  };

  const put = (StreamName: string, ...data: readonly (string | Uint8Array)[]) =>
    aws.kinesis.send(
      new PutRecordsCommand({
        StreamName,
        Records: data.map((each) => ({
          PartitionKey: "key",
          Data: typeof each === "string" ? Buffer.from(each) : each,
        })),
      }),
    );

  const sequenceNumbersOf = async (streamName: string, ...data: readonly string[]): Promise<string[]> => {
    const { Records = [] } = await put(streamName, ...data);
    return Records.map(({ SequenceNumber = "" }) => SequenceNumber);
  };

  /** Waits for the record that was put last and is let through: those before it were looked at before. */
  const whenGiven = (consumer: Consumer, last: string) =>
    aws.stepUntil(`${last} is delivered`, () => (texts(consumer).includes(last) ? true : undefined));

  it("deliver the records that match, and no other of their batch", async () => {
    const consumer = await setUp("one-match");
    await aws.mapping({ ...consumer.names, ...filters({ data: { kind: ["a"] } }) });
    await put("one-match", '{"kind":"b"}', '{"kind":"a","n":1}', '{"kind":"c"}', '{"n":2}', '{"kind":"a","n":3}');
    await whenGiven(consumer, '{"kind":"a","n":3}');
    expect(texts(consumer)).toEqual(['{"kind":"a","n":1}', '{"kind":"a","n":3}']);
    expect(consumer.events).toHaveLength(1);
  });

  it("deliver what any of them lets through", async () => {
    const consumer = await setUp("any-filter");
    const patterns = [
      { data: { typeId: [210], locally: [{ exists: true }] } },
      { data: { n: [{ numeric: [">", 5] }] } },
    ];
    await aws.mapping({ ...consumer.names, ...filters(...patterns) });
    await put("any-filter", '{"typeId":210}', '{"typeId":210,"locally":false}', '{"n":5}', '{"n":6}');
    await whenGiven(consumer, '{"n":6}');
    expect(texts(consumer)).toEqual(['{"typeId":210,"locally":false}', '{"n":6}']);
  });

  it("compare numbers as they are written", async () => {
    const consumer = await setUp("numbers");
    const Pattern = '{"data":{"n":[300,9007199254740993]}}';
    await aws.mapping({ ...consumer.names, FilterCriteria: { Filters: [{ Pattern }] } });
    const others = ["300.0", "3.0e2", '"300"', "9007199254740992"];
    await put("numbers", ...[...others, "300", "9007199254740993"].map((n) => `{"n":${n}}`));
    await whenGiven(consumer, '{"n":9007199254740993}');
    expect(texts(consumer)).toEqual(['{"n":300}', '{"n":9007199254740993}']);
  });

  it("count for the batch size after they were applied", async () => {
    const consumer = await setUp("filtered-batches");
    await put("filtered-batches", ...Array.from({ length: 40 }, (_, n) => JSON.stringify({ n, even: n % 2 === 0 })));
    await aws.mapping({ ...consumer.names, BatchSize: 10, ...filters({ data: { even: [true] } }) });
    await whenGiven(consumer, '{"n":38,"even":true}');
    expect(consumer.events.map(({ Records }) => Records.length)).toEqual([10, 10]);
  });

  it("move the checkpoint over what they keep out, also where nothing is let through", async () => {
    const consumer = await setUp("all-filtered");
    const uuid = await aws.mapping({ ...consumer.names, ...filters({ data: { kind: ["a"] } }) });
    await put("all-filtered", '{"kind":"b"}', '{"kind":"c"}');
    await aws.stepUntil("the checkpoint is at the end", async () => {
      const page = await fetch(`${aws.target.endpoint}/_headwater/event-source-mappings`);
      const { mappings } = (await page.json()) as {
        mappings: { uuid: string; shards: { counts: { filtered: number }; position: { kind: string } }[] }[];
      };
      const [shard] = mappings.find((each) => each.uuid === uuid)?.shards ?? [];
      return shard?.counts.filtered === 2 && shard.position.kind === "after" ? true : undefined;
    });
    // without filters all would come that is behind the checkpoint
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, FilterCriteria: {} }));
    await aws.state(uuid, "Enabled");
    await put("all-filtered", '{"kind":"d"}');
    await whenGiven(consumer, '{"kind":"d"}');
    expect(texts(consumer)).toEqual(['{"kind":"d"}']);
  });

  it("drop data that is no JSON where they look into data", async () => {
    const consumer = await setUp("no-json");
    await aws.mapping({ ...consumer.names, ...filters({ data: { kind: [{ "anything-but": "b" }] } }) });
    await put("no-json", "plain", '"text"', "17", Uint8Array.of(0xff, 0xfe), '{"kind":"a"}');
    await whenGiven(consumer, '{"kind":"a"}');
    expect(texts(consumer)).toEqual(['{"kind":"a"}']);
  });

  it("let data of any kind through where they look at metadata alone", async () => {
    const consumer = await setUp("metadata");
    await aws.mapping({ ...consumer.names, ...filters({ partitionKey: ["wanted"] }) });
    const record = (PartitionKey: string, text: string) => ({ PartitionKey, Data: Buffer.from(text) });
    const Records = [record("other", "{}"), record("wanted", "plain"), record("wanted", '{"a":1}')];
    await aws.kinesis.send(new PutRecordsCommand({ StreamName: "metadata", Records }));
    await whenGiven(consumer, '{"a":1}');
    expect(texts(consumer)).toEqual(["plain", '{"a":1}']);
  });

  it("go together with partial answers: what they keep out can be named by none, and is passed with the rest", async () => {
    const consumer = await setUp("partial");
    const [, kept] = await sequenceNumbersOf(
      "partial",
      '{"kind":"a","n":1}',
      '{"kind":"b"}',
      '{"kind":"a","n":2}',
      '{"kind":"b"}',
    );
    const failing = ({ Records }: KinesisStreamEvent) => Records.at(-1)?.kinesis.sequenceNumber;
    consumer.behave((event) => {
      const itemIdentifier = [failing(event), kept][consumer.events.length - 1];
      return { result: { batchItemFailures: itemIdentifier === undefined ? [] : [{ itemIdentifier }] } };
    });
    const names = { ...consumer.names, FunctionResponseTypes: ["ReportBatchItemFailures" as const] };
    await aws.mapping({ ...names, ...filters({ data: { kind: ["a"] } }) });
    await aws.stepUntil("three attempts", () => (consumer.events.length >= 3 ? true : undefined));
    await put("partial", '{"kind":"a","n":3}');
    await whenGiven(consumer, '{"kind":"a","n":3}');
    expect(consumer.events.map((event) => texts({ events: [event] }))).toEqual([
      ['{"kind":"a","n":1}', '{"kind":"a","n":2}'],
      ['{"kind":"a","n":2}'],
      ['{"kind":"a","n":2}'],
      ['{"kind":"a","n":3}'],
    ]);
  });

  it("take effect when they are changed", async () => {
    const consumer = await setUp("changed");
    const UUID = await aws.mapping({ ...consumer.names, ...filters({ data: { kind: ["a"] } }) });
    await put("changed", '{"kind":"b","n":1}', '{"kind":"a","n":2}');
    await whenGiven(consumer, '{"kind":"a","n":2}');
    await aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, ...filters({ data: { kind: ["b"] } }) }));
    await aws.state(UUID, "Enabled");
    expect((await aws.describe(UUID)).FilterCriteria).toEqual(filters({ data: { kind: ["b"] } }).FilterCriteria);
    await put("changed", '{"kind":"a","n":3}', '{"kind":"b","n":4}');
    await whenGiven(consumer, '{"kind":"b","n":4}');
    expect(texts(consumer)).toEqual(['{"kind":"a","n":2}', '{"kind":"b","n":4}']);
  });

  it.each<[string, object]>([
    ["text of what is not JSON", filters({ data: ["plain"] })],
    ["an unknown operator", filters({ data: { a: [{ contains: "x" }] } })],
    ["a value without a list", filters({ data: { a: "x" } })],
    ["a pattern that is missing", { FilterCriteria: { Filters: [{}] } }],
    ["a pattern that is no JSON", { FilterCriteria: { Filters: [{ Pattern: "single-string" }] } }],
  ])("are refused with %s", async (_what, input) => {
    await aws.stream("refused").catch(() => undefined); // the first case has made both
    await aws.consumer("refused").catch(() => undefined);
    const names = { FunctionName: "refused", EventSourceArn: "arn:aws:kinesis:us-east-1:000000000000:stream/refused" };
    const create = new CreateEventSourceMappingCommand({ ...names, StartingPosition: "LATEST", ...input });
    await expect(aws.lambda.send(create)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "Invalid filter pattern definition.",
    });
  });

  it("are at most five, of at most 4,096 characters", async () => {
    await aws.stream("limits");
    await aws.consumer("limits");
    const names = { FunctionName: "limits", EventSourceArn: "arn:aws:kinesis:us-east-1:000000000000:stream/limits" };
    const create = (count: number, length: number) => {
      const Pattern = JSON.stringify({ data: { a: ["x".repeat(length - '{"data":{"a":[""]}}'.length)] } });
      const FilterCriteria = { Filters: Array.from({ length: count }, () => ({ Pattern })) };
      const input = { ...names, StartingPosition: "LATEST" as const, FilterCriteria };
      return aws.lambda.send(new CreateEventSourceMappingCommand(input));
    };
    await expect(create(6, 100)).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    await expect(create(1, 4_097)).rejects.toThrow(/length less than or equal to 4096/);
    await expect(create(5, 4_096)).resolves.toMatchObject({ State: "Creating" });
  });
});
