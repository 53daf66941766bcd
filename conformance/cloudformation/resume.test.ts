import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { KinesisClient, ListStreamsCommand } from "@aws-sdk/client-kinesis";
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { EmulatorProcess, isGone } from "../emulator-process.ts";
import { body, helpers } from "./fixture.ts";

const ROUNDS = Number(process.env["ROUNDS"] ?? 1);
/** A stack of this size takes about so long. */
const LONGEST_MS = 120;
const REPLICA_REGION = "eu-west-1";
const Capabilities = ["CAPABILITY_IAM" as const];

/** Something of every service, in four layers; `generation` changes it in place, the stream by replacement, and adds a replica. */
const template = (generation: number): string =>
  body({
    Stream: {
      Type: "AWS::Kinesis::Stream",
      Properties: { Name: `stream-${generation}`, ShardCount: 1 },
    },
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }],
        BillingMode: "PAY_PER_REQUEST",
        Tags: [{ Key: "generation", Value: generation }],
      },
    },
    GlobalTable: {
      Type: "AWS::DynamoDB::GlobalTable",
      Properties: {
        KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }],
        BillingMode: "PAY_PER_REQUEST",
        StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
        Replicas: ["us-east-1", REPLICA_REGION].slice(0, generation).map((Region) => ({ Region })),
      },
    },
    [`Bucket${generation}`]: { Type: "AWS::S3::Bucket" },
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
        },
        Policies: [
          {
            PolicyName: "read",
            PolicyDocument: {
              Version: "2012-10-17",
              Statement: [{ Effect: "Allow", Action: "kinesis:*", Resource: { "Fn::GetAtt": ["Stream", "Arn"] } }],
            },
          },
        ],
      },
    },
    Function: {
      Type: "AWS::Lambda::Function",
      Properties: {
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: { "Fn::GetAtt": ["Role", "Arn"] },
        Code: { ZipFile: `exports.handler = async () => ${generation};` },
        MemorySize: 128 + generation,
      },
    },
    Version: {
      Type: "AWS::Lambda::Version",
      Properties: { FunctionName: { Ref: "Function" }, Description: `${generation}` },
    },
    Mapping: {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: {
        EventSourceArn: { "Fn::GetAtt": ["Stream", "Arn"] },
        FunctionName: { Ref: "Function" },
        StartingPosition: "LATEST",
      },
    },
  });

/** How many of each there are, in the whole account. */
async function inventory(emulator: EmulatorProcess): Promise<Record<string, number | undefined>> {
  const config = emulator.clientConfig();
  const lambda = new LambdaClient(config);
  const kinesis = new KinesisClient(config);
  const tables = async (region: string) =>
    (await new DynamoDBClient({ ...config, region }).send(new ListTablesCommand({}))).TableNames?.length;
  try {
    return {
      streams: (await kinesis.send(new ListStreamsCommand({}))).StreamNames?.length,
      tables: await tables("us-east-1"),
      replicas: await tables(REPLICA_REGION),
      buckets: (await new S3Client(config).send(new ListBucketsCommand({}))).Buckets?.length ?? 0,
      roles: (await new IAMClient(config).send(new ListRolesCommand({}))).Roles?.length,
      functions: (await lambda.send(new ListFunctionsCommand({}))).Functions?.length,
      mappings: (await lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings?.length,
    };
  } finally {
    kinesis.destroy();
  }
}

describe("a stack whose emulator is killed in the middle of an operation", () => {
  const directory = mkdtempSync(join(tmpdir(), "cloudformation-resume-"));
  let emulator: EmulatorProcess;
  beforeAll(async () => {
    emulator = await EmulatorProcess.start(directory);
  }, 60_000);
  afterAll(async () => {
    await emulator.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  /**
   * Sends the request, kills the emulator a moment after it began to carry it out, starts it again, and waits until the
   * stack comes to rest.
   */
  async function interrupted(
    stack: string,
    begun: RegExp,
    send: (client: CloudFormationClient) => Promise<unknown>,
  ): Promise<string> {
    const client = new CloudFormationClient(emulator.clientConfig());
    const sent = send(client).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
    await helpers(client).inStatus(stack, begun);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_MS));
    await emulator.kill();
    await sent;
    client.destroy();
    emulator = await EmulatorProcess.start(directory);
    const again = new CloudFormationClient(emulator.clientConfig());
    const { StackStatus = "" } = await helpers(again).settled(stack);
    again.destroy();
    return StackStatus;
  }

  it(
    "is created, updated and deleted as if nothing had been, and leaves nothing behind",
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const StackName = `round-${round}`;
        const created = await interrupted(StackName, /^CREATE_/, (client) =>
          client.send(new CreateStackCommand({ StackName, TemplateBody: template(1), Capabilities })),
        );
        expect(created).toBe("CREATE_COMPLETE");
        const one = { streams: 1, tables: 2, replicas: 0, buckets: 1, roles: 1, functions: 1, mappings: 1 };
        expect(await inventory(emulator)).toEqual(one);

        const updated = await interrupted(StackName, /^UPDATE_/, (client) =>
          client.send(new UpdateStackCommand({ StackName, TemplateBody: template(2), Capabilities })),
        );
        expect(updated).toBe("UPDATE_COMPLETE");
        expect(await inventory(emulator)).toEqual({ ...one, replicas: 1 });
        const client = new CloudFormationClient(emulator.clientConfig());
        const { StackId = "" } = await helpers(client).settled(StackName);
        const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
        client.destroy();
        expect(StackResources.find(({ LogicalResourceId }) => LogicalResourceId === "Stream")).toMatchObject({
          PhysicalResourceId: "stream-2",
        });

        const deleted = await interrupted(StackId, /^DELETE_/, (again) =>
          again.send(new DeleteStackCommand({ StackName })),
        );
        expect(deleted).toBe("DELETE_COMPLETE");
        expect(await inventory(emulator)).toEqual({
          streams: 0,
          tables: 0,
          replicas: 0,
          buckets: 0,
          roles: 0,
          functions: 0,
          mappings: 0,
        });
      }
    },
    60_000 * ROUNDS,
  );
});
