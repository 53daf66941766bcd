import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DeregisterStreamConsumerCommand,
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListStreamConsumersCommand,
  ListTagsForResourceCommand,
  RegisterStreamConsumerCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAccountSettingsCommand,
} from "@aws-sdk/client-kinesis";
import { ManualClock, type ClientConfig } from "../../emulator/index.ts";
import { inSession, useDataDirectory } from "../data-directory.ts";
import { register } from "./fan-out.ts";
import { arnOf, raw, useKinesis } from "./support.ts";

const on = useKinesis();
const directory = useDataDirectory();
const { kinesis } = on;
const account = "000000000000";

const describeConsumer = async (choice: { ConsumerARN?: string; StreamARN?: string; ConsumerName?: string }) =>
  (await kinesis.send(new DescribeStreamConsumerCommand(choice))).ConsumerDescription;
const deregister = (ConsumerARN: string) => kinesis.send(new DeregisterStreamConsumerCommand({ ConsumerARN }));
const seconds = () => Math.floor(on.target.clock.now() / 1000);

describe("RegisterStreamConsumer", () => {
  describe("validation", () => {
    it("wants the ARN of a stream and a name", async () => {
      expect(await raw(on.target, "RegisterStreamConsumer", {})).toMatchObject({
        type: "ValidationException",
        message: expect.stringMatching(/^2 validation errors detected: .*'streamARN'.*'consumerName'/),
      });
      const StreamARN = arnOf(await on.stream());
      expect(await raw(on.target, "RegisterStreamConsumer", { StreamARN, ConsumerName: "a:b" })).toMatchObject({
        type: "ValidationException",
        message: expect.stringContaining("[a-zA-Z0-9_.-]+"),
      });
      const reserved = { StreamARN, ConsumerName: "c", Tags: { "aws:a": "1" } };
      expect(await raw(on.target, "RegisterStreamConsumer", reserved)).toMatchObject({
        type: "InvalidArgumentException",
      });
    });

    it("wants a stream that is there and ACTIVE", async () => {
      await expect(register(kinesis, "unknown")).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: `Stream unknown under account ${account} not found.`,
      });
      await kinesis.send(new CreateStreamCommand({ StreamName: "creating", ShardCount: 1 }));
      await expect(register(kinesis, "creating")).rejects.toMatchObject({ name: "ResourceInUseException" });
      await on.settle();
      expect(await register(kinesis, "creating")).toContain("/consumer/");
    });
  });

  describe("behaviour", () => {
    it("answers a consumer that is CREATING, and ACTIVE an instant later", async () => {
      const stream = await on.stream();
      const { Consumer } = await kinesis.send(
        new RegisterStreamConsumerCommand({ StreamARN: arnOf(stream), ConsumerName: "app" }),
      );
      const ConsumerARN = `${arnOf(stream)}/consumer/app:${seconds()}`;
      const known = {
        ConsumerName: "app",
        ConsumerARN,
        ConsumerCreationTimestamp: new Date(seconds() * 1000),
      };
      expect(Consumer).toEqual({ ...known, ConsumerStatus: "CREATING" });
      expect(await describeConsumer({ ConsumerARN })).toEqual({
        ...known,
        ConsumerStatus: "CREATING",
        StreamARN: arnOf(stream),
      });
      await on.settle();
      expect(await describeConsumer({ ConsumerARN })).toMatchObject({ ConsumerStatus: "ACTIVE" });
    });

    it("takes a name once for each stream", async () => {
      const [one, other] = [await on.stream(), await on.stream()];
      await register(kinesis, one);
      await expect(register(kinesis, one)).rejects.toMatchObject({
        name: "ResourceInUseException",
        message: `Consumer consumer under stream ${one} already exists for account ${account}.`,
      });
      expect(await register(kinesis, other)).toContain(`stream/${other}/consumer/consumer:`);
    });

    it("has five consumers CREATING at most, and twenty for a stream", async () => {
      const stream = await on.stream();
      for (let index = 0; index < 5; index++) await register(kinesis, stream, `c${index}`);
      await expect(register(kinesis, stream, "c5")).rejects.toMatchObject({ name: "LimitExceededException" });
      for (let index = 5; index < 20; index++) {
        await on.settle();
        await register(kinesis, stream, `c${index}`);
      }
      await on.settle();
      await expect(register(kinesis, stream, "c20")).rejects.toMatchObject({ name: "LimitExceededException" });
      const summary = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: stream }));
      expect(summary.StreamDescriptionSummary?.ConsumerCount).toBe(20);
    });

    it("takes fifty for an on-demand stream of an account that has committed itself", async () => {
      const stream = await on.stream("on-demand");
      const MinimumThroughputBillingCommitment = { Status: "ENABLED" as const };
      await kinesis.send(new UpdateAccountSettingsCommand({ MinimumThroughputBillingCommitment }));
      for (let index = 0; index < 50; index++) {
        await register(kinesis, stream, `c${index}`);
        await on.settle();
      }
      await expect(register(kinesis, stream, "c50")).rejects.toMatchObject({ name: "LimitExceededException" });
    });

    it("gives a consumer that is registered again another ARN", async () => {
      const stream = await on.stream();
      const first = await register(kinesis, stream);
      await on.settle();
      await deregister(first);
      await on.settle();
      const second = await register(kinesis, stream);
      expect(second).not.toBe(first);
      await expect(describeConsumer({ ConsumerARN: first })).rejects.toMatchObject({
        name: "ResourceNotFoundException",
      });
    });

    it("finishes a registration after a restart", async () => {
      const session = <T>(work: (client: KinesisClient, clock: ManualClock) => Promise<T>) => {
        const clock = new ManualClock(Date.now());
        const clientOf = (config: ClientConfig) => new KinesisClient({ ...config, maxAttempts: 1 });
        return inSession({ dataDirectory: directory(), clock }, clientOf, (client) => work(client, clock));
      };
      const ConsumerARN = await session(async (client, clock) => {
        await client.send(new CreateStreamCommand({ StreamName: "kept", ShardCount: 1 }));
        await clock.advance(100);
        return register(client, "kept");
      });
      const { ConsumerDescription } = await session(async (client, clock) => {
        const describe = () => client.send(new DescribeStreamConsumerCommand({ ConsumerARN }));
        await describe();
        await clock.advance(100);
        return describe();
      });
      expect(ConsumerDescription?.ConsumerStatus).toBe("ACTIVE");
    });
  });
});

describe("DescribeStreamConsumer", () => {
  it("finds a consumer by its ARN, by stream and name, or by all three", async () => {
    const StreamARN = arnOf(await on.stream());
    const ConsumerARN = await register(kinesis, StreamARN.split("/")[1] as string);
    const ConsumerName = "consumer";
    for (const choice of [
      { ConsumerARN },
      { StreamARN, ConsumerName },
      { ConsumerARN, StreamARN },
      { ConsumerARN, StreamARN, ConsumerName },
    ]) {
      expect(await describeConsumer(choice)).toMatchObject({ ConsumerARN, StreamARN, ConsumerName });
    }
  });

  it("refuses what names no consumer, or two", async () => {
    const StreamARN = arnOf(await on.stream());
    const ConsumerARN = await register(kinesis, StreamARN.split("/")[1] as string);
    for (const choice of [
      {},
      { StreamARN },
      { ConsumerName: "consumer" },
      { ConsumerARN, ConsumerName: "other" },
      { ConsumerARN, StreamARN: arnOf("other") },
    ]) {
      await expect(describeConsumer(choice)).rejects.toMatchObject({ name: "InvalidArgumentException" });
    }
    for (const choice of [
      { StreamARN, ConsumerName: "other" },
      { ConsumerARN: ConsumerARN.replace(/\d+$/, "1") },
      { ConsumerARN: ConsumerARN.replace("us-east-1", "eu-west-1") },
      { ConsumerARN: ConsumerARN.replace("arn:aws:", "arn:aws-cn:") },
      { ConsumerARN: ConsumerARN.replace(/:(\d+)$/, ":0$1") },
      { StreamARN: StreamARN.replace("arn:aws:", "arn:aws-cn:"), ConsumerName: "consumer" },
    ]) {
      await expect(describeConsumer(choice)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    }
  });
});

describe("ListStreamConsumers", () => {
  const list = async (input: { StreamARN: string; MaxResults?: number; NextToken?: string }) =>
    kinesis.send(new ListStreamConsumersCommand(input));

  it("pages through the consumers of a stream by name", async () => {
    const stream = await on.stream();
    const StreamARN = arnOf(stream);
    for (const name of ["b", "a.1", "c", "B"]) await register(kinesis, stream, name);
    await register(kinesis, await on.stream(), "other");
    await on.settle();
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await list({ StreamARN, MaxResults: 3, ...(NextToken && { NextToken }) });
      names.push(...(page.Consumers ?? []).map(({ ConsumerName }) => ConsumerName));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(names).toEqual(["B", "a.1", "b", "c"]);
    expect((await list({ StreamARN })).Consumers?.[0]).toEqual({
      ConsumerName: "B",
      ConsumerARN: expect.stringContaining(`${StreamARN}/consumer/B:`),
      ConsumerStatus: "ACTIVE",
      ConsumerCreationTimestamp: expect.any(Date),
    });
  });

  it("refuses tokens that are old, of another stream, or none", async () => {
    const stream = await on.stream();
    const StreamARN = arnOf(stream);
    for (const name of ["a", "b"]) await register(kinesis, stream, name);
    const { NextToken = "" } = await list({ StreamARN, MaxResults: 1 });
    await expect(list({ StreamARN, NextToken: "AAAA" })).rejects.toMatchObject({ name: "InvalidArgumentException" });
    const StreamCreationTimestamp = new Date(on.target.clock.now());
    const both = new ListStreamConsumersCommand({ StreamARN, NextToken, StreamCreationTimestamp });
    await expect(kinesis.send(both)).rejects.toMatchObject({ name: "InvalidArgumentException" });
    await expect(list({ StreamARN: arnOf(await on.stream()), NextToken })).rejects.toMatchObject({
      name: "InvalidArgumentException",
    });
    await on.target.clock.advance(300_001);
    await expect(list({ StreamARN, NextToken })).rejects.toMatchObject({ name: "ExpiredNextTokenException" });
  });

  it("tells a stream from an earlier one of its name", async () => {
    const StreamARN = arnOf(await on.stream());
    const at = (StreamCreationTimestamp: Date) =>
      kinesis.send(new ListStreamConsumersCommand({ StreamARN, StreamCreationTimestamp }));
    const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamARN }));
    expect(await at(StreamDescriptionSummary?.StreamCreationTimestamp as Date)).toMatchObject({ Consumers: [] });
    await expect(at(new Date(0))).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("DeregisterStreamConsumer", () => {
  it("leaves a consumer DELETING for an instant, then there is none", async () => {
    const stream = await on.stream();
    const ConsumerARN = await register(kinesis, stream);
    await on.settle();
    const byName = { StreamARN: arnOf(stream), ConsumerName: "consumer" };
    await kinesis.send(new DeregisterStreamConsumerCommand(byName));
    expect(await describeConsumer({ ConsumerARN })).toMatchObject({ ConsumerStatus: "DELETING" });
    await on.settle();
    await expect(describeConsumer({ ConsumerARN })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: `Consumer ${ConsumerARN} not found.`,
    });
    await expect(deregister(ConsumerARN)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("DeleteStream with registered consumers", () => {
  it("needs EnforceConsumerDeletion, which removes them with the stream", async () => {
    const stream = await on.stream();
    const ConsumerARN = await register(kinesis, stream);
    await on.settle();
    await expect(kinesis.send(new DeleteStreamCommand({ StreamName: stream }))).rejects.toMatchObject({
      name: "ResourceInUseException",
      message:
        `DeleteStream can't delete ${account}:${stream} because there are consumers associated with this data stream. ` +
        `To delete ${stream} anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of all ` +
        "the consumers that are associated with it.",
    });
    await kinesis.send(new DeleteStreamCommand({ StreamName: stream, EnforceConsumerDeletion: true }));
    await on.settle();
    await kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 1 }));
    await on.settle();
    await expect(describeConsumer({ ConsumerARN })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect(await register(kinesis, stream)).not.toBe(ConsumerARN);
  });
});

describe("tags of consumers", () => {
  const tagsOf = async (ResourceARN: string) =>
    (await kinesis.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags;

  it("are given at the registration, set and removed by the consumer's ARN", async () => {
    const stream = await on.stream();
    const { Consumer } = await kinesis.send(
      new RegisterStreamConsumerCommand({ StreamARN: arnOf(stream), ConsumerName: "c", Tags: { a: "1", b: "2" } }),
    );
    const ResourceARN = Consumer?.ConsumerARN as string;
    const setC = new TagResourceCommand({ ResourceARN, Tags: { c: "3" } });
    await expect(kinesis.send(setC)).rejects.toMatchObject({ name: "ResourceInUseException" });
    await on.settle();
    await kinesis.send(setC);
    await kinesis.send(new UntagResourceCommand({ ResourceARN, TagKeys: ["a", "none"] }));
    expect(await tagsOf(ResourceARN)).toEqual([
      { Key: "b", Value: "2" },
      { Key: "c", Value: "3" },
    ]);
    expect(await tagsOf(arnOf(stream))).toEqual([]);
  });
});
