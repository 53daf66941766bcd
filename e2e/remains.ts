import { APIGatewayClient, paginateGetRestApis } from "@aws-sdk/client-api-gateway";
import {
  CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import { FirehoseClient, ListDeliveryStreamsCommand } from "@aws-sdk/client-firehose";
import { IAMClient, paginateListRoles } from "@aws-sdk/client-iam";
import { paginateListStreams } from "@aws-sdk/client-kinesis";
import { LambdaClient, paginateListEventSourceMappings, paginateListFunctions } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import type { Target } from "../cli/targets/index.ts";
import { kinesisClient } from "../producer/kinesis-client.ts";

/** The resources of a stack. */
export async function resourcesOf(target: Target, StackName: string): Promise<StackResourceSummary[]> {
  const client = new CloudFormationClient(target.clientConfig);
  return collect(paginateListStackResources({ client }, { StackName }), (page) => page.StackResourceSummaries);
}

/** Those of a stack's resources that are still there, asked at their own services: `TYPE ID`. */
export async function remainsOf(target: Target, resources: readonly StackResourceSummary[]): Promise<string[]> {
  const types = [...new Set(resources.map(({ ResourceType }) => ResourceType!))];
  const there = new Map(
    await Promise.all(types.map(async (type) => [type, new Set(await LISTS[type]?.(target))] as const)),
  );
  return resources
    .filter(({ ResourceType: type, PhysicalResourceId: id }) => there.get(type!)!.has(id))
    .map(({ ResourceType: type, PhysicalResourceId: id }) => `${type} ${id}`);
}

type Reached = Pick<Target, "clientConfig" | "s3Config">;

/** Ids of all resources, by their type. */
export type Lists = Readonly<Record<string, (target: Reached) => Promise<(string | undefined)[]>>>;

/** Those of other types are parts of these, or cost and hold nothing. */
export const LISTS: Lists = {
  "AWS::ApiGateway::RestApi": ({ clientConfig }) =>
    collect(paginateGetRestApis({ client: new APIGatewayClient(clientConfig) }, {}), ({ items }) =>
      items?.map(({ id }) => id),
    ),
  "AWS::DynamoDB::Table": ({ clientConfig }) =>
    collect(paginateListTables({ client: new DynamoDBClient(clientConfig) }, {}), ({ TableNames }) => TableNames),
  "AWS::IAM::Role": ({ clientConfig }) =>
    collect(paginateListRoles({ client: new IAMClient(clientConfig) }, {}), ({ Roles }) =>
      Roles?.map(({ RoleName }) => RoleName),
    ),
  "AWS::Kinesis::Stream": ({ clientConfig }) =>
    collect(paginateListStreams({ client: kinesisClient(clientConfig) }, {}), ({ StreamNames }) => StreamNames),
  "AWS::KinesisFirehose::DeliveryStream": async ({ clientConfig }) =>
    (await new FirehoseClient(clientConfig).send(new ListDeliveryStreamsCommand({ Limit: 100 }))).DeliveryStreamNames ??
    [],
  "AWS::Lambda::EventSourceMapping": ({ clientConfig }) =>
    collect(paginateListEventSourceMappings({ client: new LambdaClient(clientConfig) }, {}), (page) =>
      page.EventSourceMappings?.map(({ UUID }) => UUID),
    ),
  "AWS::Lambda::Function": ({ clientConfig }) =>
    collect(paginateListFunctions({ client: new LambdaClient(clientConfig) }, {}), ({ Functions }) =>
      Functions?.map(({ FunctionName }) => FunctionName),
    ),
  "AWS::Logs::LogGroup": ({ clientConfig }) =>
    collect(paginateDescribeLogGroups({ client: new CloudWatchLogsClient(clientConfig) }, {}), ({ logGroups }) =>
      logGroups?.map(({ logGroupName }) => logGroupName),
    ),
  "AWS::S3::Bucket": async ({ s3Config }) =>
    (await new S3Client(s3Config).send(new ListBucketsCommand())).Buckets?.map(({ Name }) => Name) ?? [],
  "AWS::SNS::Topic": ({ clientConfig }) =>
    collect(paginateListTopics({ client: new SNSClient(clientConfig) }, {}), ({ Topics }) =>
      Topics?.map(({ TopicArn }) => TopicArn),
    ),
};

async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...(itemsOf(page) ?? []));
  return items;
}
