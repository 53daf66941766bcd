import { DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import {
  DescribeStreamConsumerCommand,
  KinesisClient,
  ListStreamConsumersCommand,
  ListTagsForResourceCommand,
  RegisterStreamConsumerCommand,
} from "@aws-sdk/client-kinesis";
import { useClient } from "../target.ts";
import { uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();
const kinesis = useClient(new KinesisClient(on.target.clientConfig()));

const arnOf = (stream: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`;
const att = (id: string, name: string) => ({ "Fn::GetAtt": [id, name] });
const stream = (Name: string) => ({ Type: "AWS::Kinesis::Stream", Properties: { Name, ShardCount: 1 } });
const consumer = (ConsumerName: string, Tags: object[] = []) => ({
  Type: "AWS::Kinesis::StreamConsumer",
  Properties: { ConsumerName, StreamARN: att("Stream", "Arn"), Tags },
});

const { create, update } = on;

async function remove(StackName: string, StackId: string | undefined) {
  await on.cloudformation.send(new DeleteStackCommand({ StackName }));
  return on.settled(StackId ?? StackName);
}

const consumersOf = async (name: string) =>
  (await kinesis.send(new ListStreamConsumersCommand({ StreamARN: arnOf(name) }))).Consumers ?? [];

describe("AWS::Kinesis::StreamConsumer", () => {
  it("is registered, tagged in place, replaced under another name and removed before its stream", async () => {
    const name = uniqueName();
    const outputs = Object.fromEntries(
      ["ConsumerARN", "ConsumerCreationTimestamp", "ConsumerName", "ConsumerStatus", "StreamARN"].map((attribute) => [
        attribute,
        { Value: att("Consumer", attribute) },
      ]),
    );
    const first = { Stream: stream(name), Consumer: consumer("one", [{ Key: "a", Value: "1" }]) };
    const stack = await create(name, first, { ...outputs, Ref: { Value: { Ref: "Consumer" } } });
    const values = Object.fromEntries((stack.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
    const { ConsumerDescription } = await kinesis.send(
      new DescribeStreamConsumerCommand({ StreamARN: arnOf(name), ConsumerName: "one" }),
    );
    expect(values).toEqual({
      Ref: ConsumerDescription?.ConsumerARN,
      ConsumerARN: ConsumerDescription?.ConsumerARN,
      ConsumerCreationTimestamp: ConsumerDescription?.ConsumerCreationTimestamp?.toISOString().replace(".000", ""),
      ConsumerName: "one",
      ConsumerStatus: "ACTIVE",
      StreamARN: arnOf(name),
    });

    const tagged = { Stream: stream(name), Consumer: consumer("one", [{ Key: "b", Value: "2" }]) };
    expect(await update(name, tagged)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    const tags = new ListTagsForResourceCommand({ ResourceARN: values["ConsumerARN"] });
    expect((await kinesis.send(tags)).Tags).toEqual([{ Key: "b", Value: "2" }]);

    expect(await update(name, { Stream: stream(name), Consumer: consumer("two") })).toMatchObject({
      StackStatus: "UPDATE_COMPLETE",
    });
    expect((await consumersOf(name)).map(({ ConsumerName }) => ConsumerName)).toEqual(["two"]);
    expect(await remove(name, stack.StackId)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
  });

  it("comes in greater numbers than may be CREATING at once", async () => {
    const name = uniqueName();
    const consumers = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`C${index}`, consumer(`c${index}`)]),
    );
    const stack = await create(name, { Stream: stream(name), ...consumers });
    expect(stack).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
    expect(await consumersOf(name)).toHaveLength(12);
    expect(await remove(name, stack.StackId)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
  });

  it("that a stack does not know of keeps the stack's stream", async () => {
    const name = uniqueName();
    const stack = await create(name, { Stream: stream(name) });
    await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN: arnOf(name), ConsumerName: "foreign" }));
    expect(await remove(name, stack.StackId)).toMatchObject({ StackStatus: "DELETE_FAILED" });
    expect(await consumersOf(name)).toHaveLength(1);
  });
});
