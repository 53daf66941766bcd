import { gzipSync } from "node:zlib";
import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateStreamCommand,
  PutRecordsCommand,
  SplitShardCommand,
  DescribeStreamCommand,
} from "@aws-sdk/client-kinesis";
import { aggregate, enveloped } from "../kinesis/aggregate.ts";
import { makeRole, policyOf } from "../role.ts";
import { eventually, useClient } from "../target.ts";
import { failure, FirehoseFixture, ROLE, transformedBy, type Settings } from "./fixture.ts";

const aws = new FirehoseFixture();
const iam = useClient(new IAMClient(aws.target.clientConfig()));

const AT_ONCE: Settings = { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 0 } };
const kinesisArn = (name: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;

const sourceOf = (name: string, RoleARN = ROLE) => ({
  DeliveryStreamType: "KinesisStreamAsSource",
  KinesisStreamSourceConfiguration: { KinesisStreamARN: kinesisArn(name), RoleARN },
});

async function makeStream(name: string, ShardCount = 1): Promise<void> {
  await aws.kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount }));
  await aws.target.clock.advance(0);
}

const put = (name: string, ...texts: string[]) =>
  aws.kinesis.send(
    new PutRecordsCommand({
      StreamName: name,
      Records: texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text })),
    }),
  );

async function split(StreamName: string): Promise<void> {
  const { StreamDescription } = await aws.kinesis.send(new DescribeStreamCommand({ StreamName }));
  await aws.kinesis.send(
    new SplitShardCommand({
      StreamName,
      ShardToSplit: StreamDescription?.Shards?.[0]?.ShardId,
      NewStartingHashKey: (2n ** 127n).toString(),
    }),
  );
  await aws.target.clock.advance(0);
}

/** All that is in a bucket, as soon as it holds as many characters. */
const delivered = (bucket: string, characters: number) =>
  eventually(`${characters} characters in ${bucket}`, async () => {
    await aws.target.clock.advance(100);
    const text = Object.values(await aws.objects(bucket, 0)).join("");
    return text.length >= characters ? text : undefined;
  });

describe("a Kinesis stream as source", () => {
  it("is read from the creation of the delivery stream on, and clients may not put", async () => {
    await makeStream("source");
    await put("source", "before");
    await aws.target.clock.advance(1);
    await aws.stream("from-stream", AT_ONCE, sourceOf("source"));
    expect((await aws.describe("from-stream"))?.Source).toEqual({
      KinesisStreamSourceDescription: {
        KinesisStreamARN: kinesisArn("source"),
        RoleARN: ROLE,
        DeliveryStartTimestamp: new Date(aws.target.clock.now()),
      },
    });
    await put("source", "a", "b");
    expect(await delivered("from-stream", 2)).toBe("ab");
    expect(await failure(aws.put("from-stream", "x"))).toBe(
      "InvalidArgumentException: This operation is not permitted on KinesisStreamAsSource delivery stream type.",
    );
  });

  it("tells the function where each record stood", async () => {
    await makeStream("told");
    await aws.function(
      "teller",
      `exports.handler = async (event) => ({ records: event.records.map(({ recordId, ...rest }) => ({ recordId, result: "Ok",
         data: Buffer.from(JSON.stringify([event.sourceKinesisStreamArn, rest])).toString("base64") })) });`,
    );
    const ProcessingConfiguration = { Enabled: true, Processors: [transformedBy("teller")] };
    await aws.stream("tells", { ...AT_ONCE, ProcessingConfiguration }, sourceOf("told"));
    const answer = await put("told", "key");
    const [arn, record] = JSON.parse(await delivered("tells", 10)) as [string, Record<string, unknown>];
    expect(arn).toBe(kinesisArn("told"));
    expect(record).toEqual({
      approximateArrivalTimestamp: expect.any(Number) as number,
      data: Buffer.from("key").toString("base64"),
      kinesisRecordMetadata: {
        sequenceNumber: answer.Records?.[0]?.SequenceNumber,
        subsequenceNumber: 0,
        partitionKey: "key",
        shardId: "shardId-000000000000",
        approximateArrivalTimestamp: record["approximateArrivalTimestamp"],
      },
    });
  });

  it("takes the records of the Kinesis Producer Library apart", async () => {
    await makeStream("aggregated");
    await aws.stream("takes-apart", AT_ONCE, sourceOf("aggregated"));
    const users = ["one", "two"].map((data) => ({ partitionKey: "k", data }));
    // the second only looks like one: it is a record of its own
    const payloads = [aggregate(users), enveloped(Buffer.from([0xff])), Buffer.from("three")];
    const Records = payloads.map((Data) => ({ Data, PartitionKey: "k" }));
    await aws.kinesis.send(new PutRecordsCommand({ StreamName: "aggregated", Records }));
    const text = await delivered("takes-apart", 12);
    expect([text.slice(0, 6), text.slice(-5)]).toEqual(["onetwo", "three"]);
  });

  it("unpacks what CloudWatch Logs sends, and takes its messages out", async () => {
    await makeStream("packed");
    const processors = [
      { Type: "Decompression", Parameters: [{ ParameterName: "CompressionFormat", ParameterValue: "GZIP" }] },
      {
        Type: "CloudWatchLogProcessing",
        Parameters: [{ ParameterName: "DataMessageExtraction", ParameterValue: "True" }],
      },
    ];
    await aws.stream(
      "unpacks",
      {
        ...AT_ONCE,
        ErrorOutputPrefix: "error/!{firehose:error-output-type}/",
        ProcessingConfiguration: { Enabled: true, Processors: processors as never },
      },
      sourceOf("packed"),
    );
    const logEvents = ["first", "second"].map((message, index) => ({ id: String(index), timestamp: 1, message }));
    const documents = [
      { messageType: "DATA_MESSAGE", logEvents },
      { messageType: "CONTROL_MESSAGE", logEvents: [] },
    ];
    const Records = [...documents.map((document) => gzipSync(JSON.stringify(document))), Buffer.from("not packed")];
    await aws.kinesis.send(
      new PutRecordsCommand({ StreamName: "packed", Records: Records.map((Data) => ({ Data, PartitionKey: "k" })) }),
    );
    await delivered("unpacks", 20);
    const objects = Object.entries(await aws.objects("unpacks", 2));
    const [, failed = ""] = objects.find(([key]) => key.startsWith("error/decompression-failed/")) ?? [];
    expect(JSON.parse(failed)).toMatchObject({
      attemptsMade: 1,
      errorCode: "Decompression failed.",
      rawData: Buffer.from("not packed").toString("base64"),
    });
    expect(objects.filter(([key]) => !key.startsWith("error/")).map(([, text]) => text)).toEqual(["first\nsecond\n"]);
  });

  it("goes on with the children of a shard that is split", async () => {
    await makeStream("split");
    await aws.stream("splits", AT_ONCE, sourceOf("split"));
    await put("split", "parent.");
    await split("split");
    await put("split", ..."abcdefgh");
    const text = await delivered("splits", "parent.".length + 8);
    expect([...text.replace("parent.", "")].toSorted().join("")).toBe("abcdefgh");
  });

  it("goes on where it was when its role may not read for a while", async () => {
    await makeStream("guarded");
    const role = await makeRole(aws.target.clientConfig(), "reader", { service: "firehose.amazonaws.com" });
    await aws.stream("guards", AT_ONCE, sourceOf("guarded", role));
    await put("guarded", "a");
    expect(await delivered("guards", 1)).toBe("a");
    await iam.send(new DeleteRolePolicyCommand({ RoleName: "reader", PolicyName: "permissions" }));
    await put("guarded", "b");
    await aws.target.clock.advance(5_000);
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: "reader",
        PolicyName: "again",
        PolicyDocument: policyOf({ Effect: "Allow", Action: "kinesis:*", Resource: "*" }),
      }),
    );
    await put("guarded", "c");
    expect([...(await delivered("guards", 3))].toSorted().join("")).toBe("abc");
  });

  it("goes on with the children of a shard that expired while its role might not read", async () => {
    await makeStream("expired");
    const role = await makeRole(aws.target.clientConfig(), "late", { service: "firehose.amazonaws.com" });
    await aws.stream("expires", AT_ONCE, sourceOf("expired", role));
    await put("expired", "parent");
    expect(await delivered("expires", 6)).toBe("parent");
    await iam.send(new DeleteRolePolicyCommand({ RoleName: "late", PolicyName: "permissions" }));
    await put("expired", "unread");
    await split("expired");
    await aws.target.clock.advance(25 * 3_600_000);
    await put("expired", ..."abcdefgh");
    const PolicyDocument = policyOf({ Effect: "Allow", Action: "kinesis:*", Resource: "*" });
    await iam.send(new PutRolePolicyCommand({ RoleName: "late", PolicyName: "again", PolicyDocument }));
    await aws.target.clock.advance(60_000);
    const text = await delivered("expires", "parent".length + 8);
    expect([...text.replace("parent", "")].toSorted().join("")).toBe("abcdefgh");
  });
});
