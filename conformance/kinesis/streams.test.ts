import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DescribeLimitsCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  KinesisClient,
  ListStreamsCommand,
  ListTagsForResourceCommand,
  ListTagsForStreamCommand,
  PutRecordCommand,
  RemoveTagsFromStreamCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStreamModeCommand,
  waitUntilStreamExists,
  waitUntilStreamNotExists,
} from "@aws-sdk/client-kinesis";
import { openTarget } from "../target.ts";
import { arnOf, bytes, useKinesis, raw, uniqueName } from "./support.ts";

const on = useKinesis();
const { kinesis } = on;

const summary = async (name: string) =>
  (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name }))).StreamDescriptionSummary;
const tagsOf = async (name: string) =>
  (await kinesis.send(new ListTagsForStreamCommand({ StreamName: name }))).Tags?.map(({ Key, Value }) => [Key, Value]);

describe("CreateStream", () => {
  describe("serialization", () => {
    it("refuses a name that is no string and a shard count that is no number", async () => {
      expect(await raw(on.target, "CreateStream", { StreamName: 23, ShardCount: 1 })).toMatchObject({
        status: 400,
        type: "SerializationException",
      });
      expect(await raw(on.target, "CreateStream", { StreamName: "a", ShardCount: "1" })).toMatchObject({
        status: 400,
        type: "SerializationException",
      });
    });
  });

  describe("validation", () => {
    it("names every constraint that is broken", async () => {
      expect(await raw(on.target, "CreateStream", { StreamName: "a b", ShardCount: 0 })).toMatchObject({
        status: 400,
        type: "ValidationException",
        message: expect.stringMatching(
          /^2 validation errors detected: .*Member must satisfy regular expression pattern: \[a-zA-Z0-9_.-\]\+/,
        ),
      });
    });

    it("refuses a provisioned stream without a shard count, and an on-demand one with one", async () => {
      const name = uniqueName();
      const provisioned = { StreamName: name, StreamModeDetails: { StreamMode: "PROVISIONED" } };
      expect(await raw(on.target, "CreateStream", provisioned)).toMatchObject({ type: "ValidationException" });
      const onDemand = { StreamName: name, ShardCount: 2, StreamModeDetails: { StreamMode: "ON_DEMAND" } };
      expect(await raw(on.target, "CreateStream", onDemand)).toMatchObject({ type: "ValidationException" });
    });

    it("refuses more shards than the account may have", async () => {
      const other = { region: "eu-north-1" };
      const client = new KinesisClient({ ...on.target.clientConfig(), ...other, maxAttempts: 1 });
      await expect(client.send(new CreateStreamCommand({ StreamName: "s", ShardCount: 1001 }))).rejects.toMatchObject({
        name: "LimitExceededException",
        message:
          "This request would exceed the shard limit for the account 000000000000 in eu-north-1. Current shard count " +
          "for the account: 0. Limit: 1000. Number of additional shards that would have resulted from this request: " +
          "1001. Refer to the AWS Service Limits page " +
          "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to " +
          "request higher limits.",
      });
    });

    it("refuses by name what is not supported", async () => {
      const auto = { StreamName: uniqueName(), RecordDistributionStrategy: "AUTO" };
      expect(await raw(on.target, "CreateStream", auto)).toMatchObject({
        status: 501,
        message: "The record distribution strategy AUTO is not supported by Headwater.",
      });
      expect(await raw(on.target, "ListChannels", {})).toMatchObject({
        status: 501,
        message: "kinesis:ListChannels is not supported by Headwater.",
      });
    });
  });

  describe("behaviour", () => {
    it("is over before the next request: the SDK's waiters, which look every ten seconds, find it at their first look", async () => {
      await using target = await openTarget();
      const client = new KinesisClient(target.clientConfig());
      const sent: (string | undefined)[] = [];
      client.middlewareStack.add((next, context) => (args) => (sent.push(context.commandName), next(args)), {
        step: "initialize",
      });
      const waiter = { client, maxWaitTime: 60 };
      await client.send(new CreateStreamCommand({ StreamName: "s", ShardCount: 2 }));
      await waitUntilStreamExists(waiter, { StreamName: "s" });
      await client.send(new DeleteStreamCommand({ StreamName: "s" }));
      await waitUntilStreamNotExists(waiter, { StreamName: "s" });
      const looks = "DescribeStreamCommand";
      expect(sent).toEqual(["CreateStreamCommand", looks, "DeleteStreamCommand", looks]);
      client.destroy();
    });

    it("is CREATING without shards, then ACTIVE with shards of equal size", async () => {
      const name = uniqueName();
      await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 3, Tags: { a: "1" } }));
      const creating = await kinesis.send(new DescribeStreamCommand({ StreamName: name }));
      expect(creating.StreamDescription).toMatchObject({ StreamStatus: "CREATING", Shards: [], HasMoreShards: false });
      await on.settle();
      const active = await kinesis.send(new DescribeStreamCommand({ StreamARN: arnOf(name) }));
      expect(active.StreamDescription).toEqual({
        StreamName: name,
        StreamARN: arnOf(name),
        StreamStatus: "ACTIVE",
        StreamModeDetails: { StreamMode: "PROVISIONED" },
        StreamCreationTimestamp: expect.any(Date),
        RetentionPeriodHours: 24,
        EncryptionType: "NONE",
        EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
        HasMoreShards: false,
        Shards: [
          ["0", "113427455640312821154458202477256070484"],
          ["113427455640312821154458202477256070485", "226854911280625642308916404954512140969"],
          ["226854911280625642308916404954512140970", "340282366920938463463374607431768211455"],
        ].map(([start, end], index) => ({
          ShardId: `shardId-00000000000${index}`,
          HashKeyRange: { StartingHashKey: start, EndingHashKey: end },
          SequenceNumberRange: { StartingSequenceNumber: expect.stringMatching(/^\d{56}$/) },
        })),
      });
      const [first, second] = (active.StreamDescription?.Shards ?? []).map((shard) =>
        BigInt(shard.SequenceNumberRange?.StartingSequenceNumber ?? 0),
      );
      expect((second ?? 0n) - (first ?? 0n)).toBe(22300745198530623141535718272648361505980432n);
      expect(await tagsOf(name)).toEqual([["a", "1"]]);
    });

    it("is on-demand with four shards when neither mode nor count is said", async () => {
      const name = uniqueName();
      await kinesis.send(new CreateStreamCommand({ StreamName: name }));
      await on.settle();
      expect(await summary(name)).toMatchObject({ StreamModeDetails: { StreamMode: "ON_DEMAND" }, OpenShardCount: 4 });
    });

    it("refuses a name that is taken", async () => {
      const name = await on.stream();
      await expect(kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }))).rejects.toMatchObject({
        name: "ResourceInUseException",
        message: `Stream ${name} under account 000000000000 already exists.`,
      });
    });

    it("keeps the streams of accounts and regions apart", async () => {
      const name = await on.stream();
      for (const [elsewhere, error] of [
        [{ region: "eu-west-1" }, "ResourceNotFoundException"],
        [{ credentials: { accessKeyId: "222222222222", secretAccessKey: "x" } }, "AccessDeniedException"],
      ] as const) {
        const client = new KinesisClient({ ...on.target.clientConfig(), ...elsewhere });
        expect((await client.send(new ListStreamsCommand({}))).StreamNames).toEqual([]);
        await expect(client.send(new DescribeStreamSummaryCommand({ StreamARN: arnOf(name) }))).rejects.toMatchObject({
          name: error,
        });
      }
    });

    it("keeps those of other partitions apart", async () => {
      const name = await on.stream();
      const StreamARN = arnOf(name).replace("arn:aws:", "arn:aws-cn:");
      const put = { PartitionKey: "k", Data: bytes("x") };
      for (const call of [
        kinesis.send(new DescribeStreamSummaryCommand({ StreamARN })),
        kinesis.send(new PutRecordCommand({ StreamARN, ...put })),
        kinesis.send(new PutRecordCommand({ StreamARN, StreamName: name, ...put })),
        kinesis.send(new TagResourceCommand({ ResourceARN: StreamARN, Tags: { a: "1" } })),
      ]) {
        await expect(call).rejects.toMatchObject({
          name: "ResourceNotFoundException",
          message: `Stream ${name} under account 000000000000 not found.`,
        });
      }
    });
  });
});

describe("DeleteStream", () => {
  describe("validation", () => {
    it("does not find an unknown stream, and wants one named, once", async () => {
      await expect(kinesis.send(new DeleteStreamCommand({ StreamName: "unknown" }))).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: "Stream unknown under account 000000000000 not found.",
      });
      expect(await raw(on.target, "DeleteStream", {})).toMatchObject({ type: "InvalidArgumentException" });
      const both = { StreamName: "one", StreamARN: arnOf("other") };
      expect(await raw(on.target, "DeleteStream", both)).toMatchObject({ type: "InvalidArgumentException" });
    });
  });

  describe("behaviour", () => {
    it("is DELETING, then gone, and a new stream of the name begins empty and with later sequence numbers", async () => {
      const name = await on.stream();
      const put = () => kinesis.send(new PutRecordCommand({ StreamName: name, PartitionKey: "k", Data: bytes("old") }));
      const { SequenceNumber: old } = await put();
      await kinesis.send(new DeleteStreamCommand({ StreamName: name }));
      expect(await summary(name)).toMatchObject({ StreamStatus: "DELETING" });
      await expect(put()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
      await on.settle();
      await expect(summary(name)).rejects.toMatchObject({ name: "ResourceNotFoundException" });

      await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
      await on.settle();
      const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName: name }));
      const start = StreamDescription?.Shards?.[0]?.SequenceNumberRange?.StartingSequenceNumber;
      expect(BigInt(start ?? 0)).toBeGreaterThan(BigInt(old ?? 0));
    });

    it("may happen while the stream is CREATING", async () => {
      const name = uniqueName();
      await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
      await kinesis.send(new DeleteStreamCommand({ StreamName: name }));
      expect(await summary(name)).toMatchObject({ StreamStatus: "DELETING" });
      await on.settle();
      await expect(summary(name)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    });
  });
});

describe("DescribeStream", () => {
  it("pages the shards by their ids", async () => {
    const name = await on.stream(5);
    const page = async (start: string | undefined) =>
      (
        await kinesis.send(
          new DescribeStreamCommand({
            StreamName: name,
            Limit: 2,
            ...(start !== undefined && { ExclusiveStartShardId: start }),
          }),
        )
      ).StreamDescription;
    const seen: string[] = [];
    for (let more = true; more;) {
      const description = await page(seen.at(-1));
      seen.push(...(description?.Shards ?? []).map(({ ShardId }) => ShardId as string));
      more = description?.HasMoreShards === true;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4].map((number) => `shardId-00000000000${number}`));
  });
});

describe("DescribeStream and ListShards", () => {
  it("do not start after what is no shard id", async () => {
    const StreamName = await on.stream();
    for (const operation of ["DescribeStream", "ListShards"]) {
      expect(await raw(on.target, operation, { StreamName, ExclusiveStartShardId: "first" })).toMatchObject({
        type: "ResourceNotFoundException",
        message: `Could not find shard first in stream ${StreamName} under account 000000000000.`,
      });
    }
  });
});

describe("ListStreams", () => {
  it("lists by name, page by page, by token and by the last name", async () => {
    const client = new KinesisClient({ ...on.target.clientConfig(), region: "ap-south-1" });
    const names = ["a", "a.b", "a-b", "b", "c"];
    for (const name of names) await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
    const sorted = names.toSorted();
    const first = await client.send(new ListStreamsCommand({ Limit: 2 }));
    expect(first).toMatchObject({ StreamNames: sorted.slice(0, 2), HasMoreStreams: true });
    expect(first.StreamSummaries?.[0]).toMatchObject({
      StreamName: "a",
      StreamStatus: "CREATING",
      StreamARN: "arn:aws:kinesis:ap-south-1:000000000000:stream/a",
    });
    const second = await client.send(new ListStreamsCommand({ NextToken: first.NextToken, Limit: 2 }));
    expect(second.StreamNames).toEqual(sorted.slice(2, 4));
    const last = await client.send(new ListStreamsCommand({ ExclusiveStartStreamName: sorted[3] }));
    expect(last).toMatchObject({ StreamNames: sorted.slice(4), HasMoreStreams: false });
    expect(last.NextToken).toBeUndefined();

    await on.target.clock.advance(300_001);
    await expect(client.send(new ListStreamsCommand({ NextToken: first.NextToken }))).rejects.toMatchObject({
      name: "ExpiredNextTokenException",
    });
  });

  it("refuses a token that it did not give", async () => {
    expect(await raw(on.target, "ListStreams", { NextToken: "AAAA" })).toMatchObject({
      type: "InvalidArgumentException",
    });
  });
});

describe("CreateStream and the limits of an account", () => {
  it("refuses a sixth stream while five are CREATING", async () => {
    const client = new KinesisClient({ ...on.target.clientConfig(), region: "ca-central-1", maxAttempts: 1 });
    const create = () => client.send(new CreateStreamCommand({ StreamName: uniqueName(), ShardCount: 2 }));
    for (let count = 0; count < 5; count++) await create();
    await expect(create()).rejects.toMatchObject({ name: "LimitExceededException" });
    await on.settle();
    await create();
    expect(await client.send(new DescribeLimitsCommand({}))).toMatchObject({
      ShardLimit: 1000,
      OpenShardCount: 12,
      OnDemandStreamCount: 0,
      OnDemandStreamCountLimit: 50,
    });
  });
});

describe("IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod", () => {
  const increase = (name: string, hours: number) =>
    kinesis.send(new IncreaseStreamRetentionPeriodCommand({ StreamName: name, RetentionPeriodHours: hours }));
  const decrease = (name: string, hours: number) =>
    kinesis.send(new DecreaseStreamRetentionPeriodCommand({ StreamName: name, RetentionPeriodHours: hours }));

  it("refuse less than a day, more than a year and the other's direction", async () => {
    const name = await on.stream();
    const invalid = (message: string) => ({ name: "InvalidArgumentException", message });
    await expect(increase(name, 23)).rejects.toMatchObject(
      invalid("Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."),
    );
    await expect(increase(name, 8761)).rejects.toMatchObject(
      invalid("Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long."),
    );
    await expect(decrease(name, 25)).rejects.toMatchObject(
      invalid(
        `Requested retention period (25 hours) for stream ${name} can not be longer than existing retention period ` +
          "(24 hours). Use IncreaseRetentionPeriod API.",
      ),
    );
    await increase(name, 48);
    await expect(increase(name, 47)).rejects.toMatchObject(
      invalid(
        `Requested retention period (47 hours) for stream ${name} can not be shorter than existing retention period ` +
          "(48 hours). Use DecreaseRetentionPeriod API.",
      ),
    );
  });

  it("set the period", async () => {
    const name = await on.stream();
    await increase(name, 8760);
    expect(await summary(name)).toMatchObject({ RetentionPeriodHours: 8760 });
    await decrease(name, 24);
    expect(await summary(name)).toMatchObject({ RetentionPeriodHours: 24 });
  });
});

describe("UpdateStreamMode", () => {
  it("keeps to the streams and shards that an account may have of each mode", async () => {
    // in a region of its own: the limit of shards is the smaller one there
    const elsewhere = new KinesisClient({ ...on.target.clientConfig(), region: "eu-central-1", maxAttempts: 1 });
    const create = async (StreamName: string, ShardCount?: number) => {
      await elsewhere.send(new CreateStreamCommand({ StreamName, ShardCount }));
      await on.settle();
    };
    const change = (name: string, StreamMode: "ON_DEMAND" | "PROVISIONED") => {
      const StreamARN = arnOf(name).replace("us-east-1", "eu-central-1");
      return elsewhere.send(new UpdateStreamModeCommand({ StreamARN, StreamModeDetails: { StreamMode } }));
    };
    const exceeded = (message: string) => ({
      name: "LimitExceededException",
      message: expect.stringContaining(message),
    });
    try {
      for (let count = 0; count < 50; count++) await create(`on-demand-${count}`);
      await create("provisioned", 997);
      await expect(change("provisioned", "ON_DEMAND")).rejects.toMatchObject(exceeded("on-demand stream limit"));
      await expect(change("on-demand-0", "PROVISIONED")).rejects.toMatchObject(exceeded("shard limit"));
      await elsewhere.send(new DeleteStreamCommand({ StreamName: "on-demand-1" }));
      await on.settle();
      await change("provisioned", "ON_DEMAND");
      await on.settle();
      await change("on-demand-0", "PROVISIONED");
    } finally {
      elsewhere.destroy();
    }
  });

  it("is UPDATING until the mode has changed, twice in 24 hours", async () => {
    const name = await on.stream(2);
    const change = (mode: "ON_DEMAND" | "PROVISIONED") =>
      kinesis.send(new UpdateStreamModeCommand({ StreamARN: arnOf(name), StreamModeDetails: { StreamMode: mode } }));
    await change("ON_DEMAND");
    expect(await summary(name)).toMatchObject({
      StreamStatus: "UPDATING",
      StreamModeDetails: { StreamMode: "PROVISIONED" },
    });
    await on.settle();
    expect(await summary(name)).toMatchObject({
      StreamStatus: "ACTIVE",
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
      OpenShardCount: 2,
    });
    await change("PROVISIONED");
    await on.settle();
    await expect(change("ON_DEMAND")).rejects.toMatchObject({ name: "LimitExceededException" });
    await on.target.clock.advance(24 * 3_600_000);
    await change("ON_DEMAND");
  });
});

describe("AddTagsToStream, RemoveTagsFromStream and ListTagsForStream", () => {
  it("set, replace, remove and page tags by key", async () => {
    const name = await on.stream();
    await kinesis.send(new AddTagsToStreamCommand({ StreamName: name, Tags: { b: "1", a: "1", "ü0 _.": "/=+-@:" } }));
    await kinesis.send(new AddTagsToStreamCommand({ StreamName: name, Tags: { a: "2" } }));
    expect(await tagsOf(name)).toEqual([
      ["a", "2"],
      ["b", "1"],
      ["ü0 _.", "/=+-@:"],
    ]);
    const page = await kinesis.send(
      new ListTagsForStreamCommand({ StreamName: name, ExclusiveStartTagKey: "a", Limit: 1 }),
    );
    expect(page).toMatchObject({ Tags: [{ Key: "b", Value: "1" }], HasMoreTags: true });
    await kinesis.send(new RemoveTagsFromStreamCommand({ StreamName: name, TagKeys: ["b", "unknown"] }));
    expect(await tagsOf(name)).toEqual([
      ["a", "2"],
      ["ü0 _.", "/=+-@:"],
    ]);
  });

  it("wait until the stream is ACTIVE", async () => {
    const StreamName = uniqueName();
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    for (const [operation, input] of [
      ["AddTagsToStream", { StreamName, Tags: { a: "1" } }],
      ["RemoveTagsFromStream", { StreamName, TagKeys: ["a"] }],
      ["TagResource", { ResourceARN: arnOf(StreamName), Tags: { a: "1" } }],
      ["UntagResource", { ResourceARN: arnOf(StreamName), TagKeys: ["a"] }],
    ] as const) {
      expect(await raw(on.target, operation, input)).toMatchObject({
        type: "ResourceInUseException",
        message: `Stream ${StreamName} under account 000000000000 not ACTIVE, instead in state CREATING`,
      });
    }
    await on.settle();
  });

  it("refuse the 51st tag and characters that AWS refuses", async () => {
    const name = await on.stream();
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, "v"]));
    await expect(kinesis.send(new AddTagsToStreamCommand({ StreamName: name, Tags: many }))).rejects.toMatchObject({
      name: "InvalidArgumentException",
    });
    await expect(
      kinesis.send(new RemoveTagsFromStreamCommand({ StreamName: name, TagKeys: ["abc;def"] })),
    ).rejects.toMatchObject({
      name: "InvalidArgumentException",
      message:
        "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @ :.",
    });
    expect(await tagsOf(name)).toEqual([]);
  });

  it("refuse keys that begin with aws:, which are AWS's own", async () => {
    const name = await on.stream();
    const refused = { name: "InvalidArgumentException", message: expect.stringContaining("aws: are reserved") };
    for (const key of ["aws:team", "AWS:team"]) {
      const Tags = { [key]: "1", mine: "2" };
      await expect(kinesis.send(new AddTagsToStreamCommand({ StreamName: name, Tags }))).rejects.toMatchObject(refused);
      await expect(kinesis.send(new TagResourceCommand({ ResourceARN: arnOf(name), Tags }))).rejects.toMatchObject(
        refused,
      );
      const create = new CreateStreamCommand({ StreamName: "reserved-tag", ShardCount: 1, Tags });
      await expect(kinesis.send(create)).rejects.toMatchObject(refused);
    }
    expect(await tagsOf(name)).toEqual([]);
    await kinesis.send(new AddTagsToStreamCommand({ StreamName: name, Tags: { "my:aws:team": "1" } }));
    expect(await tagsOf(name)).toEqual([["my:aws:team", "1"]]);
  });
});

describe("TagResource, UntagResource and ListTagsForResource", () => {
  it("are the same tags by the stream's ARN", async () => {
    const name = await on.stream();
    await kinesis.send(new TagResourceCommand({ ResourceARN: arnOf(name), Tags: { a: "1", b: "2" } }));
    await kinesis.send(new UntagResourceCommand({ ResourceARN: arnOf(name), TagKeys: ["a"] }));
    const { Tags } = await kinesis.send(new ListTagsForResourceCommand({ ResourceARN: arnOf(name) }));
    expect(Tags).toEqual([{ Key: "b", Value: "2" }]);
    expect(await tagsOf(name)).toEqual([["b", "2"]]);
  });

  it("do not take a consumer for its stream", async () => {
    const ResourceARN = `${arnOf(await on.stream())}/consumer/c:1`;
    expect(await raw(on.target, "TagResource", { ResourceARN, Tags: { a: "1" } })).toMatchObject({
      type: "ResourceNotFoundException",
    });
  });
});
