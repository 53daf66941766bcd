import { APIGatewayClient, DeleteRestApiCommand, GetRestApiCommand } from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient, DeleteLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteDeliveryStreamCommand, DescribeDeliveryStreamCommand, FirehoseClient } from "@aws-sdk/client-firehose";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { DeleteStreamCommand, DescribeStreamSummaryCommand } from "@aws-sdk/client-kinesis";
import { DeleteFunctionCommand, GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteBucketCommand, HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteTopicCommand, GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { kinesisClient } from "../../producer/kinesis-client.ts";
import { httpStatusOf } from "../errors.ts";
import { awsCommandOn, type Target } from "../targets/index.ts";
import { emptyBucket } from "./empty-bucket.ts";

/** How a resource is looked for, and deleted when its stack has left it behind. */
export interface Kind {
  /** What people call it. */
  readonly noun: string;
  /** Whether it is there; fails with a service's "not found" when it is not. */
  readonly find: (target: Target, id: string) => Promise<unknown>;
  readonly remove?: (target: Target, id: string) => Promise<unknown>;
  /** The command that takes off what protects it from being deleted, where something does. */
  readonly protection?: (target: Target, id: string) => Promise<string | undefined>;
}

const kinesis = ({ clientConfig }: Target) => kinesisClient(clientConfig);
const dynamodb = ({ clientConfig }: Target) => new DynamoDBClient(clientConfig);
const logs = ({ clientConfig }: Target) => new CloudWatchLogsClient(clientConfig);
const lambda = ({ clientConfig }: Target) => new LambdaClient(clientConfig);
const firehose = ({ clientConfig }: Target) => new FirehoseClient(clientConfig);
const gateway = ({ clientConfig }: Target) => new APIGatewayClient(clientConfig);
const sns = ({ clientConfig }: Target) => new SNSClient(clientConfig);
const iam = ({ clientConfig }: Target) => new IAMClient(clientConfig);
const s3 = ({ s3Config }: Target) => new S3Client(s3Config);

/** The types of resources that hold data or cost money; the others go with them. */
const KINDS: Readonly<Record<string, Kind>> = {
  "AWS::S3::Bucket": {
    noun: "bucket",
    find: (target, id) => s3(target).send(new HeadBucketCommand({ Bucket: id })),
    remove: async (target, id) => {
      await emptyBucket(s3(target), { Bucket: id });
      await s3(target).send(new DeleteBucketCommand({ Bucket: id }));
    },
  },
  "AWS::DynamoDB::Table": {
    noun: "table",
    find: (target, id) => dynamodb(target).send(new DescribeTableCommand({ TableName: id })),
    remove: (target, id) => dynamodb(target).send(new DeleteTableCommand({ TableName: id })),
    protection: async (target, id) => {
      const { Table: table } = await dynamodb(target).send(new DescribeTableCommand({ TableName: id }));
      if (!table?.DeletionProtectionEnabled) return undefined;
      return awsCommandOn(target, `dynamodb update-table --table-name ${id} --no-deletion-protection-enabled`);
    },
  },
  "AWS::Kinesis::Stream": {
    noun: "stream",
    find: (target, id) => kinesis(target).send(new DescribeStreamSummaryCommand({ StreamName: id })),
    remove: (target, id) => kinesis(target).send(new DeleteStreamCommand({ StreamName: id })),
  },
  "AWS::KinesisFirehose::DeliveryStream": {
    noun: "Firehose stream",
    find: (target, id) => firehose(target).send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: id })),
    remove: (target, id) => firehose(target).send(new DeleteDeliveryStreamCommand({ DeliveryStreamName: id })),
  },
  "AWS::Lambda::Function": {
    noun: "function",
    find: (target, id) => lambda(target).send(new GetFunctionConfigurationCommand({ FunctionName: id })),
    remove: (target, id) => lambda(target).send(new DeleteFunctionCommand({ FunctionName: id })),
  },
  "AWS::Logs::LogGroup": {
    noun: "log group",
    find: async (target, id) => {
      const { logGroups = [] } = await logs(target).send(new DescribeLogGroupsCommand({ logGroupNamePrefix: id }));
      if (!logGroups.some(({ logGroupName }) => logGroupName === id)) throw new NotThere();
    },
    remove: (target, id) => logs(target).send(new DeleteLogGroupCommand({ logGroupName: id })),
  },
  "AWS::ApiGateway::RestApi": {
    noun: "API",
    find: (target, id) => gateway(target).send(new GetRestApiCommand({ restApiId: id })),
    remove: (target, id) => gateway(target).send(new DeleteRestApiCommand({ restApiId: id })),
  },
  "AWS::SNS::Topic": {
    noun: "topic",
    find: (target, id) => sns(target).send(new GetTopicAttributesCommand({ TopicArn: id })),
    remove: (target, id) => sns(target).send(new DeleteTopicCommand({ TopicArn: id })),
  },
  // a role cannot be deleted before its policies, which only its stack knows
  "AWS::IAM::Role": {
    noun: "role",
    find: (target, id) => iam(target).send(new GetRoleCommand({ RoleName: id })),
  },
};

export const kindOf = (type: string): Kind | undefined => KINDS[type];

class NotThere extends Error {
  override readonly name = "NotFound";
}

/** What the services say of something that is not there. */
const NOT_FOUND =
  /^(NotFound|NotFoundException|ResourceNotFoundException|NoSuchEntity|NoSuchEntityException|NoSuchBucket)$/;

export const isNotFound = (error: unknown): boolean => NOT_FOUND.test((error as Error).name);

/** Whether a resource is there; unknown where the identity may not look. */
export async function presenceOf(target: Target, kind: Kind, id: string): Promise<"there" | "gone" | "unknown"> {
  try {
    await kind.find(target, id);
    return "there";
  } catch (error) {
    if (isNotFound(error)) return "gone";
    if (httpStatusOf(error) === 403 || (error as Error).name.startsWith("AccessDenied")) return "unknown";
    throw error;
  }
}
