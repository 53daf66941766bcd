import {
  CreateStreamCommand,
  DeleteResourcePolicyCommand,
  DeleteStreamCommand,
  DeregisterStreamConsumerCommand,
  DescribeStreamCommand,
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetResourcePolicyCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  PutResourcePolicyCommand,
  RegisterStreamConsumerCommand,
  UpdateShardCountCommand,
} from "@aws-sdk/client-kinesis";
import { outcome, RoleFixture } from "../iam/fixture.ts";
import { useClient } from "../target.ts";
import { arnOf, text, uniqueName } from "./support.ts";

const roles = new RoleFixture();
const { target } = roles;
const kinesis = useClient(new KinesisClient({ ...target.clientConfig(), maxAttempts: 1 }));

const OTHER = "111122223333";
/** Root of another account: an access key of twelve digits is its account's. */
const other = useClient(
  new KinesisClient({
    ...target.clientConfig(),
    credentials: { accessKeyId: OTHER, secretAccessKey: "test" },
    maxAttempts: 1,
  }),
);

const Data = Buffer.from("x");
const PartitionKey = "k";

async function stream(): Promise<{ name: string; arn: string }> {
  const name = uniqueName();
  await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
  return { name, arn: arnOf(name) };
}

const policyFor = (Resource: string, Action: string | string[], Principal: unknown = { AWS: OTHER }, more = {}) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action, Resource, ...more }] });
const putPolicy = (ResourceARN: string, Policy: string) =>
  kinesis.send(new PutResourcePolicyCommand({ ResourceARN, Policy }));

describe("resource policies", () => {
  it("are kept to the letter, replaced and deleted", async () => {
    const { arn } = await stream();
    const get = async () => (await kinesis.send(new GetResourcePolicyCommand({ ResourceARN: arn }))).Policy;
    expect(await get()).toBe("{}");
    await expect(kinesis.send(new DeleteResourcePolicyCommand({ ResourceARN: arn }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: `No resource policy found for resource ARN ${arn}`,
    });
    const spaced = policyFor(arn, "kinesis:PutRecord").replace("{", "{ ");
    await putPolicy(arn, spaced);
    expect(await get()).toBe(spaced);
    await putPolicy(arn, policyFor(arn, ["kinesis:GetRecords"]));
    expect(await get()).toBe(policyFor(arn, ["kinesis:GetRecords"]));
    await kinesis.send(new DeleteResourcePolicyCommand({ ResourceARN: arn }));
    expect(await get()).toBe("{}");
  });

  it("go with their stream", async () => {
    const { name, arn } = await stream();
    await putPolicy(arn, policyFor(arn, "kinesis:PutRecord"));
    await kinesis.send(new DeleteStreamCommand({ StreamName: name }));
    await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
    expect((await kinesis.send(new GetResourcePolicyCommand({ ResourceARN: arn }))).Policy).toBe("{}");
  });

  it("go with their consumer", async () => {
    const { arn } = await stream();
    const { Consumer } = await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN: arn, ConsumerName: "c" }));
    const ConsumerARN = Consumer?.ConsumerARN ?? "";
    await putPolicy(ConsumerARN, policyFor(ConsumerARN, "kinesis:DescribeStreamConsumer"));
    const describe = () => other.send(new DescribeStreamConsumerCommand({ StreamARN: arn, ConsumerName: "c" }));
    // named by its stream and name, it is the same consumer with the same policy
    expect((await describe()).ConsumerDescription?.ConsumerARN).toBe(ConsumerARN);
    await kinesis.send(new DeregisterStreamConsumerCommand({ ConsumerARN }));
    expect(await outcome(describe())).toMatch(/not authorized/);
  });

  it.each([
    ["no JSON", () => "{"],
    ["no statement", () => JSON.stringify({ Version: "2012-10-17", Statement: [] })],
    ["no principal", (arn: string) => policyFor(arn, "kinesis:PutRecord", undefined, { Principal: undefined })],
    ["an action of another service", (arn: string) => policyFor(arn, "s3:GetObject")],
    ["another resource", (arn: string) => policyFor(`${arn}-other`, "kinesis:PutRecord")],
    ["another effect", (arn: string) => policyFor(arn, "kinesis:PutRecord").replace("Allow", "Permit")],
    [
      "an operator that there is none of",
      (arn: string) => policyFor(arn, "kinesis:PutRecord", undefined, { Condition: { ArnEqual: { a: "b" } } }),
    ],
  ])("are refused with %s", async (_, policy) => {
    const { arn } = await stream();
    await expect(putPolicy(arn, policy(arn))).rejects.toMatchObject({ name: "InvalidArgumentException" });
  });

  it("are for streams and consumers that there are", async () => {
    const arn = arnOf("unknown");
    const missing = { name: "ResourceNotFoundException" };
    await expect(putPolicy(arn, policyFor(arn, "kinesis:PutRecord"))).rejects.toMatchObject(missing);
    await expect(kinesis.send(new GetResourcePolicyCommand({ ResourceARN: arn }))).rejects.toMatchObject(missing);
    const consumer = `${(await stream()).arn}/consumer/none:1`;
    await expect(putPolicy(consumer, policyFor(consumer, "kinesis:SubscribeToShard"))).rejects.toMatchObject(missing);
  });

  it("let another account write and read by ARN, and nothing else", async () => {
    const { name, arn } = await stream();
    const put = () => other.send(new PutRecordCommand({ StreamARN: arn, PartitionKey, Data }));
    expect(await outcome(put())).toMatch(/is not authorized to perform: kinesis:PutRecord on resource/);
    await putPolicy(arn, policyFor(arn, ["kinesis:PutRecord", "kinesis:PutRecords"]));
    expect((await put()).ShardId).toBe("shardId-000000000000");
    await other.send(new PutRecordsCommand({ StreamARN: arn, Records: [{ PartitionKey, Data: Buffer.from("y") }] }));
    expect(await outcome(other.send(new DescribeStreamSummaryCommand({ StreamARN: arn })))).toMatch(/not authorized/);

    const reading = ["DescribeStream", "DescribeStreamSummary", "ListShards", "GetShardIterator", "GetRecords"];
    await putPolicy(
      arn,
      policyFor(
        arn,
        reading.map((action) => `kinesis:${action}`),
      ),
    );
    expect(await outcome(put())).toMatch(/not authorized/);
    const { StreamDescription } = await other.send(new DescribeStreamCommand({ StreamARN: arn }));
    expect(StreamDescription?.StreamARN).toBe(arn);
    const { Shards = [] } = await other.send(new ListShardsCommand({ StreamARN: arn }));
    const { ShardIterator } = await other.send(
      new GetShardIteratorCommand({
        StreamARN: arn,
        ShardId: Shards[0]?.ShardId,
        ShardIteratorType: "TRIM_HORIZON",
      }),
    );
    const { Records = [] } = await other.send(new GetRecordsCommand({ StreamARN: arn, ShardIterator }));
    expect(Records.map((record) => text(record.Data))).toEqual(["x", "y"]);
    expect(await outcome(other.send(new DeleteStreamCommand({ StreamARN: arn })))).toMatch(/not authorized/);
    // by its name, a stream is looked for in the caller's own account
    await expect(other.send(new DescribeStreamSummaryCommand({ StreamName: name }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: `Stream ${name} under account ${OTHER} not found.`,
    });
  });

  it("hold for iterators and pages that name no stream", async () => {
    const { name, arn } = await stream();
    await kinesis.send(
      new UpdateShardCountCommand({ StreamName: name, TargetShardCount: 2, ScalingType: "UNIFORM_SCALING" }),
    );
    await kinesis.send(new PutRecordCommand({ StreamName: name, PartitionKey, Data }));
    // the other account has a stream of the same name
    await other.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
    const reading = ["kinesis:GetShardIterator", "kinesis:GetRecords", "kinesis:ListShards"];
    await putPolicy(arn, policyFor(arn, reading));

    const first = await other.send(new ListShardsCommand({ StreamARN: arn, MaxResults: 1 }));
    const nextPage = () => other.send(new ListShardsCommand({ NextToken: first.NextToken }));
    const shards = [...(first.Shards ?? []), ...((await nextPage()).Shards ?? [])];
    expect(shards).toEqual((await kinesis.send(new ListShardsCommand({ StreamName: name }))).Shards);
    expect(shards).toHaveLength(3);

    const iterators = shards.map(async ({ ShardId }) => {
      const input = { StreamARN: arn, ShardId, ShardIteratorType: "TRIM_HORIZON" as const };
      return (await other.send(new GetShardIteratorCommand(input))).ShardIterator;
    });
    const read = async (client: KinesisClient, ShardIterator: string | undefined) =>
      (await client.send(new GetRecordsCommand({ ShardIterator }))).Records ?? [];
    const pages = (await Promise.all(iterators)).map((ShardIterator) => read(other, ShardIterator));
    expect((await Promise.all(pages)).flat().map((record) => text(record.Data))).toEqual(["x"]);

    await putPolicy(arn, policyFor(arn, "kinesis:GetShardIterator"));
    const ShardIterator = await iterators[0];
    expect(await outcome(read(other, ShardIterator))).toMatch(
      /not authorized to perform: kinesis:GetRecords on resource/,
    );
    expect(await outcome(nextPage())).toMatch(/not authorized to perform: kinesis:ListShards on resource/);
    // a token of the one is none of the other
    const forged = Buffer.from(ShardIterator ?? "", "base64");
    forged.writeUIntBE(Number(OTHER), 8, 6);
    await expect(read(other, forged.toString("base64"))).rejects.toMatchObject({ name: "InvalidArgumentException" });
    const streams = other.send(new ListStreamsCommand({ NextToken: first.NextToken }));
    await expect(streams).rejects.toMatchObject({ name: "InvalidArgumentException" });
  });

  it("allow and deny roles of the own account, with conditions", async () => {
    const { arn } = await stream();
    const name = await roles.role(uniqueName());
    const session = useSession(await roles.session(name));
    const put = () => session.send(new PutRecordCommand({ StreamARN: arn, PartitionKey, Data }));
    const role = { AWS: `arn:aws:iam::000000000000:role/${name}` };
    try {
      expect(await outcome(put())).toMatch(/not authorized/);
      await putPolicy(arn, policyFor(arn, "kinesis:PutRecord", role));
      expect(await outcome(put())).toBe("allowed");
      const elsewhere = { Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } } };
      await putPolicy(arn, policyFor(arn, "kinesis:PutRecord", role, elsewhere));
      expect(await outcome(put())).toMatch(/not authorized/);
      await roles.permit(name, { Effect: "Allow", Action: "kinesis:*", Resource: "*" });
      expect(await outcome(put())).toBe("allowed");
      await putPolicy(arn, policyFor(arn, "kinesis:PutRecord", role, { Effect: "Deny" }));
      expect(await outcome(put())).toMatch(/with an explicit deny in a resource-based policy/);
    } finally {
      session.destroy();
    }
  });
});

const useSession = (config: ConstructorParameters<typeof KinesisClient>[0]) => new KinesisClient(config ?? {});
