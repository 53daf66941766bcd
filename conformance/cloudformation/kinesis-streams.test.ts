import { DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import {
  DescribeStreamSummaryCommand,
  GetResourcePolicyCommand,
  KinesisClient,
  UpdateAccountSettingsCommand,
} from "@aws-sdk/client-kinesis";
import { useClient } from "../target.ts";
import { uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();
const kinesis = useClient(new KinesisClient(on.target.clientConfig()));

const arnOf = (stream: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`;
const att = (id: string, name: string) => ({ "Fn::GetAtt": [id, name] });
const stream = (Name: string, properties: object = { ShardCount: 1 }) => ({
  Stream: { Type: "AWS::Kinesis::Stream", Properties: { Name, ...properties } },
});
const onDemand = { StreamModeDetails: { StreamMode: "ON_DEMAND" } };

const { create, update } = on;

const summary = async (StreamName: string) =>
  (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary;

describe("AWS::Kinesis::Stream", () => {
  it("has the shard-level metrics and the record size of its template, and changes them in place", async () => {
    const name = uniqueName();
    const metrics = async () => (await summary(name))?.EnhancedMonitoring?.[0]?.ShardLevelMetrics;
    const first = { ShardCount: 1, DesiredShardLevelMetrics: ["IncomingBytes", "OutgoingBytes"] };
    await create(name, stream(name, { ...first, MaxRecordSizeInKiB: 2048 }));
    expect(await metrics()).toEqual(["IncomingBytes", "OutgoingBytes"]);
    expect((await summary(name))?.MaxRecordSizeInKiB).toBe(2048);
    const second = { ShardCount: 1, DesiredShardLevelMetrics: ["OutgoingBytes", "OutgoingRecords"] };
    expect(await update(name, stream(name, second))).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await metrics()).toEqual(["OutgoingBytes", "OutgoingRecords"]);
    expect((await summary(name))?.MaxRecordSizeInKiB).toBe(1024);
    await update(name, stream(name, { ShardCount: 1, DesiredShardLevelMetrics: ["ALL"] }));
    expect(await metrics()).toHaveLength(7);
    await update(name, stream(name));
    expect(await metrics()).toEqual([]);
  });

  it("has the warm throughput of its template where the account has committed itself", async () => {
    const name = uniqueName();
    const Status = "ENABLED";
    await kinesis.send(new UpdateAccountSettingsCommand({ MinimumThroughputBillingCommitment: { Status } }));
    await create(name, stream(name, { ...onDemand, WarmThroughputMiBps: 6 }));
    expect(await summary(name)).toMatchObject({ OpenShardCount: 6, WarmThroughput: { TargetMiBps: 6 } });
    const updated = await update(name, stream(name, { ...onDemand, WarmThroughputMiBps: 9 }));
    expect(updated).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await summary(name)).toMatchObject({ OpenShardCount: 9, WarmThroughput: { TargetMiBps: 9 } });
    expect(await update(name, stream(name, onDemand))).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await summary(name)).toMatchObject({ OpenShardCount: 4, WarmThroughput: { TargetMiBps: 0 } });
  });

  it("becomes provisioned when its template has another mode and no warm throughput", async () => {
    const name = uniqueName();
    const Status = "ENABLED";
    await kinesis.send(new UpdateAccountSettingsCommand({ MinimumThroughputBillingCommitment: { Status } }));
    await create(name, stream(name, { ...onDemand, WarmThroughputMiBps: 5 }));
    expect(await update(name, stream(name, { ShardCount: 5 }))).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    const provisioned = await summary(name);
    expect(provisioned).toMatchObject({ OpenShardCount: 5, StreamModeDetails: { StreamMode: "PROVISIONED" } });
    expect(provisioned?.WarmThroughput).toBeUndefined();
  });
});

describe("AWS::Kinesis::ResourcePolicy", () => {
  it("is set, changed in place and removed with its stack", async () => {
    const name = uniqueName();
    const document = (Action: string) => ({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: "111122223333" }, Action, Resource: att("Stream", "Arn") }],
    });
    const resources = (Action: string) => ({
      ...stream(name),
      Policy: {
        Type: "AWS::Kinesis::ResourcePolicy",
        Properties: { ResourceArn: att("Stream", "Arn"), ResourcePolicy: document(Action) },
      },
    });
    const actions = async () => {
      const { Policy = "{}" } = await kinesis.send(new GetResourcePolicyCommand({ ResourceARN: arnOf(name) }));
      const { Statement = [] } = JSON.parse(Policy) as { Statement?: { Action: string; Resource: string }[] };
      return Statement.map((statement) => [statement.Action, statement.Resource]);
    };
    const stack = await create(name, resources("kinesis:PutRecord"), { Ref: { Value: { Ref: "Policy" } } });
    expect(stack.Outputs?.[0]?.OutputValue).toBe(arnOf(name));
    expect(await actions()).toEqual([["kinesis:PutRecord", arnOf(name)]]);
    await update(name, resources("kinesis:GetRecords"));
    expect(await actions()).toEqual([["kinesis:GetRecords", arnOf(name)]]);
    await update(name, stream(name));
    expect(await actions()).toEqual([]);
    await update(name, resources("kinesis:PutRecord"));
    await on.cloudformation.send(new DeleteStackCommand({ StackName: name }));
    expect(await on.settled(stack.StackId ?? name)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
  });
});
