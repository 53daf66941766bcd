import {
  APIGatewayClient,
  GetGatewayResponseCommand,
  GetRestApiCommand,
  GetStageCommand,
} from "@aws-sdk/client-api-gateway";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTableCommand, DynamoDBClient, ListTagsOfResourceCommand } from "@aws-sdk/client-dynamodb";
import { DescribeStreamSummaryCommand, ListTagsForStreamCommand } from "@aws-sdk/client-kinesis";
import { DescribeDeliveryStreamCommand, FirehoseClient } from "@aws-sdk/client-firehose";
import { GetBucketLifecycleConfigurationCommand, GetBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "@jest/globals";
import type { Target } from "../../cli/targets/index.ts";
import { kinesisClient } from "../../producer/kinesis-client.ts";
import { type Bench, check } from "./check.ts";
import { Stack, STACK_TAG } from "./stack.ts";
import { AFTER, apiAlone, BEFORE, template } from "./template.ts";

const STAGE = "v1";

/** False where there is no such thing. */
const isThere = (call: Promise<unknown>, missing: string): Promise<boolean> =>
  call.then(
    () => true,
    (error: Error) => {
      if (error.name === missing) return false;
      throw error;
    },
  );

async function stream({ target, stack }: Bench) {
  const client = kinesisClient(target.clientConfig);
  const StreamName = await stack.physical("Stream");
  const { StreamDescriptionSummary: it } = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
  const { Tags = [] } = await client.send(new ListTagsForStreamCommand({ StreamName }));
  client.destroy();
  return { ...it!, tags: Tags.map(({ Key }) => Key) };
}

async function logGroup({ target, stack }: Bench) {
  const client = new CloudWatchLogsClient(target.clientConfig);
  const logGroupNamePrefix = await stack.physical("Group");
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
  const [group] = logGroups;
  const resourceArn = group?.arn?.replace(/:\*$/, "");
  const { tags = {} } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
  return { retention: group?.retentionInDays, tags: Object.keys(tags) };
}

async function stageOf(target: Target, stack: Stack) {
  const client = new APIGatewayClient(target.clientConfig);
  return client.send(new GetStageCommand({ restApiId: await stack.physical("Api"), stageName: STAGE }));
}

async function table({ target, stack }: Bench) {
  const client = new DynamoDBClient(target.clientConfig);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: await stack.physical("Table") }));
  const { Tags = [] } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: Table!.TableArn! }));
  return { ...Table!, tags: Tags.map(({ Key }) => Key) };
}

async function delivery({ target, stack }: Bench) {
  const client = new FirehoseClient(target.clientConfig);
  const DeliveryStreamName = await stack.physical("Delivery");
  const { DeliveryStreamDescription } = await client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName }));
  return DeliveryStreamDescription!;
}

/** Settings of the template, as the resources have them. */
async function settings(bench: Bench) {
  const { target, stack } = bench;
  const s3 = new S3Client(target.s3Config);
  const Bucket = await stack.physical("Bucket");
  const ofStream = await stream(bench);
  const ofGroup = await logGroup(bench);
  const ofStage = await stageOf(target, stack);
  const ofTable = await table(bench);
  const lifecycle = s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  return {
    "AWS::Kinesis::Stream RetentionPeriodHours": ofStream.RetentionPeriodHours,
    "AWS::Kinesis::Stream StreamEncryption": ofStream.EncryptionType ?? "NONE",
    "AWS::Kinesis::Stream Tags": ofStream.tags.includes("own"),
    "AWS::Logs::LogGroup RetentionInDays": ofGroup.retention ?? "for ever",
    "AWS::Logs::LogGroup Tags": ofGroup.tags.includes("own"),
    "AWS::S3::Bucket LifecycleConfiguration": await isThere(lifecycle, "NoSuchLifecycleConfiguration"),
    "AWS::KinesisFirehose::DeliveryStream DeliveryStreamEncryptionConfigurationInput":
      (await delivery(bench)).DeliveryStreamEncryptionConfiguration?.Status ?? "none",
    "AWS::ApiGateway::Stage MethodSettings": Object.keys(ofStage.methodSettings ?? {}).length > 0,
    "AWS::ApiGateway::Stage AccessLogSetting": ofStage.accessLogSettings?.format ?? "none",
    "AWS::DynamoDB::Table DeletionProtectionEnabled": ofTable.DeletionProtectionEnabled ?? false,
  };
}

/** What the update of the stack was to change, by the types of the resources. */
async function changed(bench: Bench) {
  const { target, stack } = bench;
  const apis = new APIGatewayClient(target.clientConfig);
  const restApiId = await stack.physical("Api");
  const refusal = new GetGatewayResponseCommand({ restApiId, responseType: "INVALID_API_KEY" });
  const { MetricAlarms = [] } = await new CloudWatchClient(target.clientConfig).send(
    new DescribeAlarmsCommand({ AlarmNames: [await stack.physical("Alarm")] }),
  );
  const versioning = new GetBucketVersioningCommand({ Bucket: await stack.physical("Bucket") });
  return {
    "AWS::ApiGateway::GatewayResponse": (await apis.send(refusal)).statusCode,
    "AWS::ApiGateway::RestApi": (await apis.send(new GetRestApiCommand({ restApiId }))).description,
    "AWS::CloudWatch::Alarm": MetricAlarms[0]?.Threshold,
    "AWS::DynamoDB::Table": (await table(bench)).ProvisionedThroughput?.WriteCapacityUnits ?? 0,
    "AWS::Kinesis::Stream": (await stream(bench)).OpenShardCount,
    "AWS::Logs::LogGroup": (await logGroup(bench)).retention ?? "for ever",
    "AWS::S3::Bucket": (await new S3Client(target.s3Config).send(versioning)).Status,
  };
}

/** The description of a stage that an update was to change: of an API alone, as LocalStack fails where the API changes with it. */
async function updatedStage(target: Target): Promise<string | undefined> {
  const stack = await Stack.create(target, `limits-stage-${Date.now().toString(36)}`, apiAlone(BEFORE.description));
  expect(await stack.update(apiAlone(AFTER.description))).toBe("UPDATE_COMPLETE");
  const { description } = await stageOf(target, stack);
  await stack.delete();
  return description;
}

export const settingsOfTemplates = [
  check({
    id: "unset-settings",
    title: "settings of a template, read back from the resources",
    look: settings,
    aws: {
      "AWS::Kinesis::Stream RetentionPeriodHours": 48,
      "AWS::Kinesis::Stream StreamEncryption": "KMS",
      "AWS::Kinesis::Stream Tags": true,
      "AWS::Logs::LogGroup RetentionInDays": 7,
      "AWS::Logs::LogGroup Tags": true,
      "AWS::S3::Bucket LifecycleConfiguration": true,
      "AWS::KinesisFirehose::DeliveryStream DeliveryStreamEncryptionConfigurationInput": "ENABLED",
      "AWS::ApiGateway::Stage MethodSettings": true,
      "AWS::ApiGateway::Stage AccessLogSetting": "$context.requestId",
      "AWS::DynamoDB::Table DeletionProtectionEnabled": true,
    },
    localstack: {
      "AWS::Kinesis::Stream RetentionPeriodHours": 24,
      "AWS::Kinesis::Stream StreamEncryption": "NONE",
      "AWS::Kinesis::Stream Tags": false,
      "AWS::Logs::LogGroup RetentionInDays": "for ever",
      "AWS::Logs::LogGroup Tags": false,
      "AWS::S3::Bucket LifecycleConfiguration": false,
      "AWS::KinesisFirehose::DeliveryStream DeliveryStreamEncryptionConfigurationInput": "none",
      "AWS::ApiGateway::Stage MethodSettings": false,
      "AWS::ApiGateway::Stage AccessLogSetting": "none",
      "AWS::DynamoDB::Table DeletionProtectionEnabled": false,
    },
  }),
  check({
    id: "stack-tags",
    title: "whether the stack's tag is on its stream, log group and table",
    look: async (bench) =>
      [(await stream(bench)).tags, (await logGroup(bench)).tags, (await table(bench)).tags].map((tags) =>
        tags.includes(STACK_TAG.Key),
      ),
    aws: [true, true, true],
    localstack: [false, false, false],
  }),
  check({
    id: "stack-updates",
    title: "what an update of the stack has changed, by types of resources",
    async look(bench) {
      expect(await bench.stack.update(template(AFTER))).toBe("UPDATE_COMPLETE");
      return { ...(await changed(bench)), "AWS::ApiGateway::Stage": await updatedStage(bench.target) };
    },
    aws: {
      "AWS::ApiGateway::GatewayResponse": "418",
      "AWS::ApiGateway::RestApi": "after",
      "AWS::ApiGateway::Stage": "after",
      "AWS::CloudWatch::Alarm": 2,
      "AWS::DynamoDB::Table": 4,
      "AWS::Kinesis::Stream": 2,
      "AWS::Logs::LogGroup": 30,
      "AWS::S3::Bucket": "Enabled",
    },
    localstack: {
      "AWS::ApiGateway::GatewayResponse": "403",
      "AWS::ApiGateway::RestApi": "before",
      "AWS::ApiGateway::Stage": "before",
      "AWS::CloudWatch::Alarm": 1,
      "AWS::DynamoDB::Table": 0,
      "AWS::Kinesis::Stream": 1,
      "AWS::Logs::LogGroup": "for ever",
      "AWS::S3::Bucket": "Suspended",
    },
  }),
];
