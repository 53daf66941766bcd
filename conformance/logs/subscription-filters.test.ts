import { gunzipSync } from "node:zlib";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteSubscriptionFilterCommand,
  DescribeSubscriptionFiltersCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
  type PutSubscriptionFilterCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";
import { eventually, useClient, useTarget } from "../target.ts";

const target = useTarget();
const logs = useClient(new CloudWatchLogsClient(target.clientConfig()));
const kinesis = useClient(new KinesisClient(target.clientConfig()));
const iam = useClient(new IAMClient(target.clientConfig()));

const StreamName = "subscribed";
const destinationArn = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
const logStreamName = "s";
let roleArn: string;

beforeAll(async () => {
  const policy = (statement: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: "logs-to-kinesis",
      AssumeRolePolicyDocument: policy({ Principal: { Service: "logs.amazonaws.com" }, Action: "sts:AssumeRole" }),
    }),
  );
  roleArn = Role?.Arn ?? "";
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: "logs-to-kinesis",
      PolicyName: "put",
      PolicyDocument: policy({ Action: "kinesis:PutRecord", Resource: destinationArn }),
    }),
  );
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30 }, { StreamName });
  for (const logGroupName of ["sent", "many", "refusing"]) {
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  }
});

const put = (logGroupName: string, given: Partial<PutSubscriptionFilterCommandInput> = {}) =>
  logs.send(
    new PutSubscriptionFilterCommand({
      logGroupName,
      filterName: "f",
      filterPattern: "ERROR",
      destinationArn,
      roleArn,
      ...given,
    }),
  );

interface Delivered {
  readonly messageType: string;
  readonly logEvents: readonly { readonly message: string }[];
}

/** Everything that the stream holds, as it was before it was compressed. */
async function delivered(): Promise<Delivered[]> {
  const { ShardIterator } = await kinesis.send(
    new GetShardIteratorCommand({ StreamName, ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" }),
  );
  const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ Data }) => JSON.parse(gunzipSync(Data!).toString()) as Delivered);
}

describe("PutSubscriptionFilter", () => {
  it("tries the stream, and then sends the events that match, compressed, by the role", async () => {
    await put("sent");
    const now = Date.now();
    await logs.send(
      new PutLogEventsCommand({
        logGroupName: "sent",
        logStreamName,
        logEvents: ["ERROR one", "fine", "ERROR two"].map((message) => ({ timestamp: now, message })),
      }),
    );
    const all = await eventually("the events have come", async () => {
      const found = await delivered();
      return found.length > 1 ? found : undefined;
    });
    expect(all).toEqual([
      expect.objectContaining({ messageType: "CONTROL_MESSAGE", owner: "CloudwatchLogs" }),
      {
        messageType: "DATA_MESSAGE",
        owner: "000000000000",
        logGroup: "sent",
        logStream: logStreamName,
        subscriptionFilters: ["f"],
        logEvents: ["ERROR one", "ERROR two"].map((message) => ({
          id: expect.stringMatching(/^\d{56}$/),
          timestamp: now,
          message,
        })),
      },
    ]);
    const { subscriptionFilters } = await logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName: "sent" }));
    expect(subscriptionFilters).toMatchObject([
      { filterName: "f", destinationArn, roleArn, distribution: "ByLogStream" },
    ]);
    await logs.send(new DeleteSubscriptionFilterCommand({ logGroupName: "sent", filterName: "f" }));
    await expect(
      logs.send(new DeleteSubscriptionFilterCommand({ logGroupName: "sent", filterName: "f" })),
    ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("takes two filters a group", async () => {
    await put("many", { filterName: "a" });
    await put("many", { filterName: "b" });
    await expect(put("many", { filterName: "c" })).rejects.toMatchObject({ name: "LimitExceededException" });
    await put("many", { filterName: "b", filterPattern: "WARN" });
  });

  it.each<[string, () => Partial<PutSubscriptionFilterCommandInput>, string]>([
    [
      "a stream without a role",
      () => ({ roleArn: undefined }),
      "destinationArn for vendor kinesis cannot be used without roleArn",
    ],
    [
      "a stream that is not there",
      () => ({ destinationArn: `${destinationArn}-not` }),
      "Could not deliver test message to specified Kinesis stream. Check if the given Kinesis stream is in ACTIVE state.",
    ],
    [
      "a function that Logs may not invoke",
      () => ({ destinationArn: "arn:aws:lambda:us-east-1:000000000000:function:nobody", roleArn: undefined }),
      "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.",
    ],
  ])("refuses %s", async (_what, given, message) => {
    await expect(put("refusing", given())).rejects.toMatchObject({ name: "InvalidParameterException", message });
    const { subscriptionFilters } = await logs.send(
      new DescribeSubscriptionFiltersCommand({ logGroupName: "refusing" }),
    );
    expect(subscriptionFilters).toEqual([]);
  });
});
