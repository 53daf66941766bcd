import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { CloudWatchClient, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { ListStreamsCommand } from "@aws-sdk/client-kinesis";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { PACKAGE_ROOT } from "../../cli/package.ts";
import { kinesisClient } from "../../producer/kinesis-client.ts";
import { type Bench, check } from "./check.ts";

const DAY_MS = 86_400_000;

async function hasMetric({ target }: Bench, Namespace: string, MetricName: string): Promise<boolean> {
  const client = new CloudWatchClient(target.clientConfig);
  const { Metrics = [] } = await client.send(new ListMetricsCommand({ Namespace, MetricName }));
  return Metrics.length > 0;
}

/** A call of Kinesis that the function's role may not make, by that role. */
async function callAsFunction({ target, stack }: Bench): Promise<string> {
  const { Role: RoleArn } = await new LambdaClient(target.clientConfig).send(
    new GetFunctionConfigurationCommand({ FunctionName: await stack.physical("Consumer") }),
  );
  const { Credentials: it } = await new STSClient(target.clientConfig).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: "limits" }),
  );
  const credentials = {
    accessKeyId: it!.AccessKeyId!,
    secretAccessKey: it!.SecretAccessKey!,
    sessionToken: it!.SessionToken!,
  };
  return kinesisClient({ ...target.clientConfig, credentials })
    .send(new ListStreamsCommand())
    .then(
      () => "allowed",
      (error: Error) => error.name,
    );
}

export const services = [
  check({
    id: "iam",
    title: "a call by a role whose policies do not allow it",
    look: callAsFunction,
    aws: "AccessDeniedException",
    localstack: "allowed",
  }),
  check({
    id: "log-retention",
    title: "whether a line is refused that is older than the group's retention",
    async look({ target }) {
      const client = new CloudWatchLogsClient(target.clientConfig);
      const [logGroupName, logStreamName] = [`limits-${Date.now()}`, "lines"];
      await client.send(new CreateLogGroupCommand({ logGroupName }));
      await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
      await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
      const logEvents = [{ timestamp: Date.now() - 3 * DAY_MS, message: "old" }];
      const put = new PutLogEventsCommand({ logGroupName, logStreamName, logEvents });
      const { rejectedLogEventsInfo } = await client.send(put);
      await client.send(new DeleteLogGroupCommand({ logGroupName }));
      return rejectedLogEventsInfo?.expiredLogEventEndIndex !== undefined;
    },
    aws: true,
    localstack: false,
  }),
  check({
    id: "http2-sessions",
    title: "whether a client of Kinesis by HTTP/2 ends well",
    async look({ target, stack }) {
      const client = join(PACKAGE_ROOT, "localstack", "checks", "http2-client.mjs");
      const { endpoint = "", region } = target.clientConfig;
      const run = promisify(execFile)(process.execPath, [client, endpoint, region, await stack.physical("Stream")]);
      return run.then(
        () => "well",
        ({ stderr }: { stderr: string }) => /ERR_HTTP2_\w+/.exec(stderr)?.[0] ?? stderr,
      );
    },
    aws: "well",
    localstack: "ERR_HTTP2_SESSION_ERROR",
  }),
  check({
    id: "service-metrics",
    title: "which metrics there are when a function's are there",
    async look(bench) {
      await bench.eventually(() => hasMetric(bench, "AWS/Lambda", "Invocations"), Boolean);
      return {
        kinesis: await hasMetric(bench, "AWS/Kinesis", "IncomingRecords"),
        firehose: await hasMetric(bench, "AWS/Firehose", "IncomingRecords"),
        api: await hasMetric(bench, "AWS/ApiGateway", "Count"),
        iteratorAge: await hasMetric(bench, "AWS/Lambda", "IteratorAge"),
      };
    },
    aws: { kinesis: true, firehose: true, api: true, iteratorAge: true },
    localstack: { kinesis: false, firehose: false, api: false, iteratorAge: false },
  }),
];
