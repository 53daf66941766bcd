import {
  CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteStackCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, HeadObjectCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { impossibleTable } from "../../conformance/cloudformation/fixture.ts";
import { describeUnless } from "../../conformance/clients/tools.ts";
import { policyOf } from "../../conformance/role.ts";
import { DEFAULT_PROFILE, EVERYTHING, keysOf, REGION } from "./account.ts";
import { type Environment, headwater } from "./command.ts";
import { Configuration } from "./configuration.ts";
import { contentsOf } from "./contents.ts";
import { findMoto, type MotoServer, startMoto } from "./moto.ts";
import { type LimitId, MOTO_LIMITS } from "./moto-limits.ts";
import { type Interception, type Proxy, startProxy } from "./proxy.ts";

// commands are processes: each takes a while to start
jest.setTimeout(120_000);

const ACCOUNT = "123456789012";

const { python, why } = await findMoto();

/** See the limit bucket-policy-conditions. */
const keepPoliciesAway: Interception = ({ method, url }) =>
  method === "PUT" && url.searchParams.has("policy") ? { status: 204, body: "" } : undefined;

let moto: MotoServer;
let proxy: Proxy;
let configuration: Configuration;
let environment: Environment;
let config: { endpoint: string; region: string; credentials: ReturnType<typeof keysOf>; maxAttempts: number };

async function open(): Promise<void> {
  moto = await startMoto(python!);
  proxy = await startProxy(moto.endpoint, keepPoliciesAway);
  configuration = new Configuration({
    config: {
      [DEFAULT_PROFILE]: { region: REGION },
      deployer: {
        role_arn: `arn:aws:iam::${ACCOUNT}:role/deployer`,
        source_profile: DEFAULT_PROFILE,
        region: REGION,
        endpoint_url: proxy.endpoint,
      },
    },
    credentials: { [DEFAULT_PROFILE]: { aws_access_key_id: "AKIATRAINING", aws_secret_access_key: "secret" } },
  });
  environment = { ...configuration.environment, AWS_PROFILE: "deployer", CONFIRM: "yes" };
  config = { endpoint: moto.endpoint, region: REGION, credentials: keysOf(ACCOUNT), maxAttempts: 1 };
}

const run = (command: "deploy" | "destroy", pipeline: string, ...options: readonly string[]) =>
  headwater([command, pipeline, "--target", "aws", ...options], environment);

/** See the limit text-booleans. */
async function unprotectTables(): Promise<void> {
  const dynamodb = new DynamoDBClient(config);
  const { TableNames = [] } = await dynamodb.send(new ListTablesCommand());
  for (const TableName of TableNames) {
    await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
  }
}

const describeMoto = describeUnless(why, "moto's server");

describeMoto("on moto's server", () => {
  beforeAll(open);
  afterAll(async () => {
    configuration[Symbol.dispose]();
    await proxy[Symbol.asyncDispose]();
    await moto[Symbol.asyncDispose]();
  });

  // every test begins with an account in which nothing is
  beforeEach(async () => {
    await fetch(`${moto.endpoint}/moto-api/reset`, { method: "POST" });
  });

  it("--dry-run shows the change set and leaves nothing", async () => {
    const { code, stdout } = await run("deploy", "rivers", "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toMatch(/Add +Stream +AWS::Kinesis::Stream/);
    expect(await contentsOf(config)).toEqual([]);
  });

  it.each([
    [
      "rivers",
      [
        "AWS::Kinesis::Stream rivers",
        "AWS::DynamoDB::Table rivers-counts",
        "AWS::Lambda::Function rivers-count-by-county",
      ],
      [],
    ],
    [
      "weather",
      [
        "AWS::Kinesis::Stream input-stream",
        "AWS::DynamoDB::Table weather-by-station",
        "AWS::Lambda::Function KinesisLambdaConsumer",
      ],
      ["AWS::IAM::ManagedPolicy LambdaFunctionPolicy"],
    ],
    ["iot", ["AWS::S3::Bucket reaqtions-iot-data-lake-raw", "AWS::Lambda::Function reaqtions-data-transformation"], []],
  ])("%s is deployed by a role, made with all its parts, and deleted", async (name, parts, left) => {
    const deployed = await run("deploy", name);
    expect(deployed).toMatchObject({ code: 0, stderr: "" });
    expect(deployed.stdout).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/deployer/`);
    expect(await contentsOf(config)).toEqual(expect.arrayContaining([`AWS::CloudFormation::Stack ${name}`, ...parts]));
    expect(deployed.stdout).toContain(`${name}: not protected`);
    await unprotectTables();
    expect(await run("destroy", name)).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringContaining(`${name}: deleted`),
    });
    expect(await contentsOf(config)).toEqual(left);
  });

  it("sensors is made with its API, whose address is not told for want of outputs, and deleted", async () => {
    expect(await run("deploy", "sensors")).toMatchObject({ code: 1, stderr: expect.stringContaining("has no output") });
    expect(await contentsOf(config)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^AWS::ApiGateway::RestApi /),
        "AWS::Lambda::Function sensors-store-event",
      ]),
    );
    expect(await run("destroy", "sensors")).toMatchObject({ code: 0, stderr: "" });
    expect(await contentsOf(config)).toEqual([]);
  });

  describe("what moto does not do as AWS does", () => {
    const cloudFormation = () => new CloudFormationClient(config);

    type Request = Partial<CreateChangeSetCommandInput>;

    /** Makes a stack of some resources by a change set, as the deployment does. */
    async function make(StackName: string, Resources: object, request: Request = {}): Promise<void> {
      const declared = request.Parameters?.map(({ ParameterKey }) => [ParameterKey, { Type: "String" }]) ?? [];
      const Outputs = { Told: { Value: "told" } };
      const { Id } = await cloudFormation().send(
        new CreateChangeSetCommand({
          StackName,
          ChangeSetName: "make",
          ChangeSetType: "CREATE",
          TemplateBody: JSON.stringify({ Parameters: Object.fromEntries(declared), Resources, Outputs }),
          ...request,
        }),
      );
      await cloudFormation().send(new ExecuteChangeSetCommand({ ChangeSetName: Id }));
    }

    const PROTECTION = [{ ParameterKey: "Protection", ParameterValue: "false" }];

    const SHOWN: Readonly<Record<LimitId, () => Promise<void>>> = {
      "bucket-policy-conditions": async () => {
        const s3 = new S3Client({ ...config, forcePathStyle: true });
        const [Bucket, Resource] = ["tls-only", "arn:aws:s3:::tls-only/*"];
        await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
        const Condition = { StringEquals: { "aws:PrincipalAccount": "000000000000" } };
        const Policy = policyOf({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource, Condition });
        await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
        await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "code.zip" }))).rejects.toMatchObject({
          $metadata: { httpStatusCode: 403 },
        });
      },
      "termination-protection": async () => {
        await make("protected", {});
        const protect = { StackName: "protected", EnableTerminationProtection: true };
        await expect(cloudFormation().send(new UpdateTerminationProtectionCommand(protect))).rejects.toMatchObject({
          $metadata: { httpStatusCode: 500 },
        });
      },
      outputs: async () => {
        await make("telling", {});
        const { Stacks } = await cloudFormation().send(new DescribeStacksCommand({ StackName: "telling" }));
        expect(Stacks![0]!.Outputs ?? []).toEqual([]);
      },
      "no-change": async () => {
        await make("changing", {}, { Parameters: PROTECTION });
        const again = make("changing", {}, { Parameters: PROTECTION, ChangeSetType: "UPDATE" });
        await expect(again).rejects.toMatchObject({
          name: "ValidationError",
          message: "No updates are to be performed.",
        });
      },
      "resource-types": async () => {
        const S3DestinationConfiguration = { BucketARN: "arn:aws:s3:::lake", RoleARN: "arn:aws:iam::0:role/none" };
        const Properties = { DeliveryStreamName: "passed-over", S3DestinationConfiguration };
        await make("passing", { Stream: { Type: "AWS::KinesisFirehose::DeliveryStream", Properties } });
        expect(await contentsOf(config)).toContain("AWS::CloudFormation::Stack passing");
        expect(await contentsOf(config)).not.toContain("AWS::KinesisFirehose::DeliveryStream passed-over");
      },
      "integration-method": async () => {
        const Options = {
          Type: "AWS::ApiGateway::Method",
          Properties: {
            RestApiId: { Ref: "Api" },
            ResourceId: { "Fn::GetAtt": ["Api", "RootResourceId"] },
            HttpMethod: "OPTIONS",
            AuthorizationType: "NONE",
            Integration: { Type: "MOCK" },
          },
        };
        const Api = { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "mocking" } };
        await expect(make("mocking", { Api, Options })).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
      },
      "managed-policies": async () => {
        const PolicyDocument = { Version: "2012-10-17", Statement: [EVERYTHING] };
        const Properties = { ManagedPolicyName: "stays", PolicyDocument };
        await make("allowing", { Policy: { Type: "AWS::IAM::ManagedPolicy", Properties } });
        await cloudFormation().send(new DeleteStackCommand({ StackName: "allowing" }));
        expect(await contentsOf(config)).toEqual(["AWS::IAM::ManagedPolicy stays"]);
      },
      "text-booleans": async () => {
        const { DependsOn: _, ...table } = impossibleTable();
        const Properties = {
          ...table.Properties,
          TableName: "kept",
          AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }],
          DeletionProtectionEnabled: { Ref: "Protection" },
        };
        await make("keeping", { Table: { ...table, Properties } }, { Parameters: PROTECTION });
        const { Table } = await new DynamoDBClient(config).send(new DescribeTableCommand({ TableName: "kept" }));
        expect(Table!.DeletionProtectionEnabled).not.toBe(false);
      },
      rollback: async () => {
        const stream = (Name: string) => ({ Type: "AWS::Kinesis::Stream", Properties: { Name, ShardCount: 1 } });
        await make("first", { Stream: stream("taken") });
        await expect(make("second", { First: stream("stays"), Second: stream("taken") })).rejects.toMatchObject({
          $metadata: { httpStatusCode: 400 },
        });
        expect(await contentsOf(config)).toContain("AWS::Kinesis::Stream stays");
      },
    };

    it.each((Object.keys(MOTO_LIMITS) as LimitId[]).map((id) => ({ id, ...MOTO_LIMITS[id] })))(
      "$id: $aws $moto",
      ({ id }) => SHOWN[id](),
    );
  });
});
