import { APIGatewayClient, GetApiKeysCommand, GetUsagePlansCommand } from "@aws-sdk/client-api-gateway";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, DescribeAlarmsCommand, ListDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import { IAMClient, ListPoliciesCommand } from "@aws-sdk/client-iam";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Lists, LISTS } from "../remains.ts";
import type { AccountConfig } from "./account.ts";

const names = <T>(found: readonly T[] | undefined, name: keyof T): string[] =>
  found?.map((each) => String(each[name])) ?? [];

/** What a pipeline can leave in an account beside what costs or holds something. All of a type fits on one page here. */
const MORE: Lists = {
  "AWS::ApiGateway::ApiKey": async ({ clientConfig }) =>
    names((await new APIGatewayClient(clientConfig).send(new GetApiKeysCommand())).items, "id"),
  "AWS::ApiGateway::UsagePlan": async ({ clientConfig }) =>
    names((await new APIGatewayClient(clientConfig).send(new GetUsagePlansCommand())).items, "id"),
  "AWS::CloudFormation::Stack": async ({ clientConfig }) =>
    names((await new CloudFormationClient(clientConfig).send(new DescribeStacksCommand())).Stacks, "StackName"),
  "AWS::CloudWatch::Alarm": async ({ clientConfig }) =>
    names((await new CloudWatchClient(clientConfig).send(new DescribeAlarmsCommand())).MetricAlarms, "AlarmName"),
  "AWS::CloudWatch::Dashboard": async ({ clientConfig }) =>
    names(
      (await new CloudWatchClient(clientConfig).send(new ListDashboardsCommand())).DashboardEntries,
      "DashboardName",
    ),
  "AWS::IAM::ManagedPolicy": async ({ clientConfig }) =>
    names((await new IAMClient(clientConfig).send(new ListPoliciesCommand({ Scope: "Local" }))).Policies, "PolicyName"),
  "AWS::SQS::Queue": async ({ clientConfig }) =>
    (await new SQSClient(clientConfig).send(new ListQueuesCommand())).QueueUrls ?? [],
};

/** All that is in an account: `TYPE ID`. */
export async function contentsOf(config: AccountConfig): Promise<string[]> {
  const reached = { clientConfig: config, s3Config: { ...config, forcePathStyle: true } };
  const found = Object.entries({ ...MORE, ...LISTS }).map(async ([type, list]) =>
    (await list(reached)).map((id) => `${type} ${id}`),
  );
  return (await Promise.all(found)).flat();
}
