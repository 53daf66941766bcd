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
import { DeleteBucketPolicyCommand, ListObjectsV2Command, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
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

/** The settings of clients that are the function's role. */
async function asFunction({ target, stack }: Bench) {
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
  return { ...target.s3Config, credentials };
}

/** A call that the policies of the role allow, and the policy of the bucket denies to everybody. */
async function callDeniedByBucket(bench: Bench): Promise<string> {
  const client = new S3Client(bench.target.s3Config);
  const Bucket = await bench.stack.physical("Lake");
  const denied = { Effect: "Deny", Principal: "*", Action: "s3:ListBucket", Resource: `arn:aws:s3:::${Bucket}` };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [denied] });
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const answer = await outcome(new S3Client(await asFunction(bench)).send(new ListObjectsV2Command({ Bucket })));
  await client.send(new DeleteBucketPolicyCommand({ Bucket }));
  return answer;
}

const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "allowed",
    (error: Error) => error.name,
  );

export const services = [
  check({
    id: "iam",
    title: "a call by a role whose policies do not allow it, and one that the policy of a bucket denies",
    look: async (bench) => [
      await outcome(kinesisClient(await asFunction(bench)).send(new ListStreamsCommand())),
      await callDeniedByBucket(bench),
    ],
    aws: ["AccessDeniedException", "AccessDenied"],
    localstack: ["allowed", "allowed"],
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
        // the end of the session ends the process, or what came of an answer by then is taken for the whole
        ({ stderr }: { stderr: string }) =>
          /ERR_HTTP2_SESSION_ERROR|Unterminated string in JSON/.test(stderr) ? "is cut off" : stderr.slice(-1000),
      );
    },
    aws: "well",
    localstack: "is cut off",
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
