import {
  APIGatewayClient,
  GetApiKeysCommand,
  GetRestApisCommand,
  GetUsagePlansCommand,
} from "@aws-sdk/client-api-gateway";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, DescribeAlarmsCommand, ListDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { FirehoseClient, ListDeliveryStreamsCommand } from "@aws-sdk/client-firehose";
import { IAMClient, ListPoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { ListStreamsCommand } from "@aws-sdk/client-kinesis";
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { kinesisClient } from "../../producer/kinesis-client.ts";
import type { AccountConfig } from "./account.ts";

const names = <T>(found: readonly T[] | undefined, name: keyof T): string[] =>
  found?.map((each) => String(each[name])) ?? [];

/** What a pipeline can leave in an account, and how its names are found. All of a kind fits on one page here. */
const KINDS: Readonly<Record<string, (config: AccountConfig) => Promise<readonly string[]>>> = {
  stack: async (config) =>
    names((await new CloudFormationClient(config).send(new DescribeStacksCommand())).Stacks, "StackName"),
  bucket: async (config) => names((await new S3Client(config).send(new ListBucketsCommand())).Buckets, "Name"),
  "log group": async (config) =>
    names((await new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand())).logGroups, "logGroupName"),
  role: async (config) => names((await new IAMClient(config).send(new ListRolesCommand())).Roles, "RoleName"),
  policy: async (config) =>
    names((await new IAMClient(config).send(new ListPoliciesCommand({ Scope: "Local" }))).Policies, "PolicyName"),
  function: async (config) =>
    names((await new LambdaClient(config).send(new ListFunctionsCommand())).Functions, "FunctionName"),
  mapping: async (config) =>
    names((await new LambdaClient(config).send(new ListEventSourceMappingsCommand())).EventSourceMappings, "UUID"),
  stream: async (config) => (await kinesisClient(config).send(new ListStreamsCommand())).StreamNames ?? [],
  "Firehose stream": async (config) =>
    (await new FirehoseClient(config).send(new ListDeliveryStreamsCommand())).DeliveryStreamNames ?? [],
  table: async (config) => (await new DynamoDBClient(config).send(new ListTablesCommand())).TableNames ?? [],
  topic: async (config) => names((await new SNSClient(config).send(new ListTopicsCommand())).Topics, "TopicArn"),
  queue: async (config) => (await new SQSClient(config).send(new ListQueuesCommand())).QueueUrls ?? [],
  "REST API": async (config) =>
    names((await new APIGatewayClient(config).send(new GetRestApisCommand())).items, "name"),
  "API key": async (config) => names((await new APIGatewayClient(config).send(new GetApiKeysCommand())).items, "name"),
  "usage plan": async (config) =>
    names((await new APIGatewayClient(config).send(new GetUsagePlansCommand())).items, "name"),
  alarm: async (config) =>
    names((await new CloudWatchClient(config).send(new DescribeAlarmsCommand())).MetricAlarms, "AlarmName"),
  dashboard: async (config) =>
    names((await new CloudWatchClient(config).send(new ListDashboardsCommand())).DashboardEntries, "DashboardName"),
};

/** All that is in an account, as "kind name". */
export async function contentsOf(config: AccountConfig): Promise<string[]> {
  const found = Object.entries(KINDS).map(async ([kind, list]) =>
    (await list(config)).map((name) => `${kind} ${name}`),
  );
  return (await Promise.all(found)).flat();
}
