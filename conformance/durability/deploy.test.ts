import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { KinesisClient, ListStreamsCommand, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { bundleHandlers } from "../../cli/deployment/bundle.ts";
import { findPipeline } from "../../cli/pipelines/index.ts";
import { eventually } from "../target.ts";
import { isGone, EmulatorProcess, type OnceConfig } from "../emulator-process.ts";
import { killSettings, Random } from "./random.ts";

/** These tests kill the emulator and restart it on its data directory: they say nothing of other targets. */
const { seed, rounds } = killSettings(5);
/** About as long as a stack takes. */
const LONGEST_ROUND_MS = 250;
const random = new Random(seed);
const pipeline = findPipeline("rivers");

let directory: string;
let emulator: EmulatorProcess;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "hw-kill-deploy-"));
  emulator = await EmulatorProcess.start(directory);
  await using s3 = clients(emulator.clientConfig());
  await s3.s3.send(new CreateBucketCommand({ Bucket: "code" }));
  await s3.s3.send(new PutObjectCommand({ Bucket: "code", Key: "rivers.zip", Body: bundleHandlers(pipeline).zip }));
}, 60_000);
afterAll(async () => {
  await emulator.kill();
  rmSync(directory, { recursive: true, force: true });
});

describe("kill -9 while a stack is made", () => {
  it(
    "goes on making it after the restart, whole and once; and so with its deletion",
    async () => {
      for (let round = 1; round <= rounds; round++) {
        const stack = `rivers-${round}`;
        await killedWhile((config) => createStack(config, stack));
        // a request that was cut off before it did anything is made again
        if ((await statusOf(stack)) === undefined) await createStack(emulator.clientConfig(), stack);
        if (round % 2 === 0) await killedWhile(async () => {});
        await eventually(`${stack} is made`, async () =>
          (await statusOf(stack)) === "CREATE_IN_PROGRESS" ? undefined : true,
        );
        expect(await statusOf(stack)).toBe("CREATE_COMPLETE");
        await checkMade(stack);

        await killedWhile(async (config) => {
          await using aws = clients(config);
          await aws.cloudFormation.send(new DeleteStackCommand({ StackName: stack }));
        });
        if ((await statusOf(stack)) === "CREATE_COMPLETE") {
          await using aws = clients(emulator.clientConfig());
          await aws.cloudFormation.send(new DeleteStackCommand({ StackName: stack }));
        }
        await eventually(`${stack} is gone`, async () =>
          (await statusOf(stack)) === "DELETE_IN_PROGRESS" ? undefined : true,
        );
        expect(await statusOf(stack)).toBeUndefined();
        expect(await left()).toEqual({
          ...{ streams: [], tables: [], functions: [], mappings: [], roles: [], logGroups: [] },
          buckets: ["code"],
        });
      }
    },
    30_000 + rounds * 30_000,
  );
});

/** Begins `work`, kills the emulator at some moment of it or after it, and restarts it. */
async function killedWhile(work: (config: OnceConfig) => Promise<void>): Promise<void> {
  const running = emulator;
  const working = work(running.clientConfig()).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
  await new Promise((resolve) => setTimeout(resolve, random.between(0, LONGEST_ROUND_MS)));
  await Promise.all([working, running.kill()]);
  emulator = await EmulatorProcess.start(directory);
}

async function createStack(config: OnceConfig, stack: string): Promise<void> {
  await using aws = clients(config);
  const parameters = {
    ...{ CodeBucket: "code", CodeKey: "rivers.zip", StreamName: stack, CountsTableName: `${stack}-counts` },
    ...{ FunctionName: stack, MaximumBatchingWindowInSeconds: "0" },
  };
  await aws.cloudFormation.send(
    new CreateStackCommand({
      StackName: stack,
      TemplateBody: readFileSync(join(pipeline.folder, "template.yaml"), "utf8"),
      Capabilities: ["CAPABILITY_IAM"],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
}

/** Undefined when there is no such stack. */
async function statusOf(stack: string): Promise<string | undefined> {
  await using aws = clients(emulator.clientConfig());
  try {
    return (await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: stack }))).Stacks?.[0]?.StackStatus;
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** Every resource is there once, and they work together: a row is counted. */
async function checkMade(stack: string): Promise<void> {
  await using aws = clients(emulator.clientConfig());
  const { StackResourceSummaries: resources = [] } = await aws.cloudFormation.send(
    new ListStackResourcesCommand({ StackName: stack }),
  );
  expect(resources.map(({ ResourceStatus }) => ResourceStatus)).toEqual(Array(9).fill("CREATE_COMPLETE"));
  expect(await left()).toEqual({
    streams: [stack],
    tables: [`${stack}-counts`, `${stack}-counts-checkpoints`],
    functions: [stack],
    mappings: [expect.stringMatching(`:${stack}$`)],
    roles: [expect.stringMatching(`^${stack}-FunctionRole-`)],
    logGroups: [`/aws/lambda/${stack}`],
    buckets: ["code", expect.stringMatching(`^${stack}-failuresbucket-`)],
  });
  const Data = Buffer.from(JSON.stringify({ County: "Essex" }));
  await aws.kinesis.send(new PutRecordCommand({ StreamName: stack, PartitionKey: "key", Data }));
  await eventually("the row is counted", async () => {
    const { Items = [] } = await aws.dynamodb.send(new ScanCommand({ TableName: `${stack}-counts` }));
    return Items[0]?.["Count"]?.N === "1" ? true : undefined;
  });
}

/** The names of all that is there, whatever made it. */
async function left() {
  await using aws = clients(emulator.clientConfig());
  const names = (found: readonly (string | undefined)[] = []) => found.map(String).toSorted();
  return {
    streams: names((await aws.kinesis.send(new ListStreamsCommand({}))).StreamNames),
    tables: names((await aws.dynamodb.send(new ListTablesCommand({}))).TableNames),
    functions: names(
      (await aws.lambda.send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName),
    ),
    mappings: names(
      (await aws.lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings?.map(
        ({ FunctionArn }) => FunctionArn,
      ),
    ),
    roles: names((await aws.iam.send(new ListRolesCommand({}))).Roles?.map(({ RoleName }) => RoleName)),
    logGroups: names(
      (await aws.logs.send(new DescribeLogGroupsCommand({}))).logGroups?.map(({ logGroupName }) => logGroupName),
    ),
    buckets: names((await aws.s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)),
  };
}

function clients(config: OnceConfig) {
  const made = {
    cloudFormation: new CloudFormationClient(config),
    dynamodb: new DynamoDBClient(config),
    iam: new IAMClient(config),
    kinesis: new KinesisClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  };
  return {
    ...made,
    [Symbol.asyncDispose]: async () => {
      for (const client of Object.values(made)) client.destroy();
    },
  };
}
