import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CreateAccountAliasCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { describeUnless } from "../../conformance/clients/tools.ts";
import { eventually } from "../eventually.ts";
import { ACCOUNT, REGION } from "./account.ts";
import { type Environment, headwater, headwaterOnTerminal, whyNoTerminal } from "./command.ts";
import { contentsOf } from "./contents.ts";
import { useAccount } from "./use-account.ts";

// commands are processes: each takes a while to start
jest.setTimeout(120_000);

const PATIENCE_MS = 30_000;

const ARTIFACTS = `headwater-artifacts-${ACCOUNT}-${REGION}`;

const DEPLOY = ["deploy", "rivers", "--target", "aws"];

const account = useAccount();

describe("before anything is made", () => {
  it("shows the account, its alias, the region, the identity and what it will cost, and asks for consent", async () => {
    const iam = new IAMClient(account.clientConfig);
    await iam.send(new CreateAccountAliasCommand({ AccountAlias: "river-training" }));
    const ended = await headwater(DEPLOY, account.environment);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/CONFIRM=yes/) });
    for (const shown of [ACCOUNT, "river-training", REGION, `arn:aws:iam::${ACCOUNT}:root`, "devops-training"]) {
      expect(ended.stdout).toContain(shown);
    }
    expect(ended.stdout).toMatch(/Kinesis[^]*DynamoDB[^]*\$ ?\d+\.\d\d/);
    expect(await contentsOf(account.clientConfig)).toEqual([]);
  });

  it("shows the change set with --dry-run, without a question, and leaves nothing", async () => {
    const { code, stdout } = await headwater([...DEPLOY, "--dry-run"], account.environment);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Add +Stream +AWS::Kinesis::Stream/);
    expect(stdout).toMatch(/Add +StreamMapping +AWS::Lambda::EventSourceMapping/);
    expect(await contentsOf(account.clientConfig)).toEqual([]);
  });

  describeUnless(whyNoTerminal(), "questions on a terminal")("on a terminal", () => {
    it("makes nothing when the answer is no", async () => {
      const ended = await headwaterOnTerminal(DEPLOY, account.environment, [{ to: /\[y\/N\]/, type: "no\n" }]);
      expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining("nothing was changed") });
      expect(await contentsOf(account.clientConfig)).toEqual([]);
    });

    it("makes nothing when Ctrl+C is the answer", async () => {
      const ended = await headwaterOnTerminal(DEPLOY, account.environment, [{ to: /\[y\/N\]/, type: "\x03" }]);
      expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining("nothing was changed") });
      expect(await contentsOf(account.clientConfig)).toEqual([]);
    });

    it("deploys when the answer is yes, and deletes when the pipeline's name is typed", async () => {
      const deployed = await headwaterOnTerminal(DEPLOY, account.environment, [{ to: /\[y\/N\]/, type: "y\n" }]);
      expect(deployed).toMatchObject({ code: 0, stdout: expect.stringMatching(/StreamName +rivers/) });
      const destroy = ["destroy", "rivers", "--target", "aws"];
      const kept = await headwaterOnTerminal(destroy, account.environment, [
        { to: /Type rivers or yes:/, type: "no\n" },
      ]);
      expect(kept).toMatchObject({ code: 1, stdout: expect.stringContaining("nothing was changed") });
      expect(await contentsOf(account.clientConfig)).toContain("AWS::CloudFormation::Stack rivers");
      const destroyed = await headwaterOnTerminal(destroy, account.environment, [
        { to: /Type rivers or yes:/, type: "rivers\n" },
      ]);
      expect(destroyed).toMatchObject({ code: 0, stdout: expect.stringContaining("rivers: deleted") });
      expect(await contentsOf(account.clientConfig)).toEqual([]);
    });
  });
});

/** By a role, as people do whose keys may do nothing else. */
describe("by an assumed role", () => {
  let role: Environment;
  let before: readonly string[];

  beforeAll(async () => {
    role = { ...(await account.withRole("deployer")), CONFIRM: "yes" };
    before = await contentsOf(account.clientConfig);
  });

  const run = (...args: readonly string[]) => headwater([...args, "--target", "aws"], role);

  it("deploys rivers as that role, with a private artifact bucket, tags and a protected stack", async () => {
    const deployed = await run("deploy", "rivers", "--parameter", "MaximumBatchingWindowInSeconds=0");
    expect(deployed).toMatchObject({ code: 0, stderr: "" });
    expect(deployed.stdout).toMatch(new RegExp(`arn:aws:sts::${ACCOUNT}:assumed-role/deployer/`));
    expect(deployed.stdout).toMatch(/CREATE_COMPLETE +Function +AWS::Lambda::Function/);

    const cloudFormation = new CloudFormationClient(account.clientConfig);
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: "rivers" }));
    expect(Stacks).toMatchObject([{ StackStatus: "CREATE_COMPLETE", EnableTerminationProtection: true }]);
    expect(Stacks![0]!.Tags).toContainEqual({ Key: "headwater:pipeline", Value: "rivers" });
  });

  it("keeps the code in a bucket that is private, encrypted, versioned, and reached by TLS only", async () => {
    const s3 = new S3Client({ ...account.clientConfig, forcePathStyle: true });
    const bucket = { Bucket: ARTIFACTS };
    expect((await s3.send(new GetPublicAccessBlockCommand(bucket))).PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand(bucket));
    expect(ServerSideEncryptionConfiguration!.Rules).toMatchObject([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } },
    ]);
    expect(await s3.send(new GetBucketVersioningCommand(bucket))).toMatchObject({ Status: "Enabled" });
    const { Policy } = await s3.send(new GetBucketPolicyCommand(bucket));
    expect(JSON.parse(Policy!)).toMatchObject({
      Statement: [{ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
    });
  });

  it("asks nothing where there is nothing to change", async () => {
    const { CONFIRM: _, ...unasked } = role;
    const again = await headwater(["deploy", "rivers", "--target", "aws"], unasked);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("no change, nothing to deploy") });
  });

  it("shows what an update would change with --dry-run, and leaves the stack as it is", async () => {
    const dry = await run("deploy", "rivers", "--dry-run", "--parameter", "BatchSize=50");
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringMatching(/Modify +StreamMapping/) });
    const after = await run("deploy", "rivers");
    expect(after.stdout).toContain("no change, nothing to deploy");
  });

  it("streams rows into it and counts them", async () => {
    const produced = await run("produce", "rivers", "--rate", "500", "--limit", "200");
    expect(produced).toMatchObject({ code: 0, stdout: expect.stringMatching(/^200 rows sent in/) });
    const counted = await eventually(
      PATIENCE_MS,
      () => run("counts", "rivers"),
      ({ stdout }) => stdout.includes("200 rows in"),
    );
    expect(counted.code).toBe(0);
  });

  it("tells of it with status and logs", async () => {
    expect(await run("status")).toMatchObject({ code: 0, stdout: expect.stringMatching(/rivers +CREATE_COMPLETE/) });
    expect(await run("logs", "rivers-count-by-county")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("batch counted"),
    });
  });

  it("deletes nothing without consent, and everything with it", async () => {
    const { CONFIRM: _, ...unasked } = role;
    const refused = await headwater(["destroy", "rivers", "--target", "aws"], unasked);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("CONFIRM=yes") });
    expect(await contentsOf(account.clientConfig)).toContain("AWS::CloudFormation::Stack rivers");
    const destroyed = await run("destroy", "rivers");
    expect(destroyed).toMatchObject({ code: 0, stdout: expect.stringContaining("rivers: deleted") });
    expect(await contentsOf(account.clientConfig)).toEqual(before);
  });
});

describe("all pipelines", () => {
  it("are deployed with one consent and deleted with all that services made for them", async () => {
    const before = await contentsOf(account.clientConfig);
    const confirmed = { ...account.environment, CONFIRM: "yes" };
    const deployed = await headwater(["deploy", "all", "--target", "aws"], confirmed);
    expect(deployed).toMatchObject({ code: 0, stderr: "" });
    expect(deployed.stdout).toMatch(/API_KEY +not shown; `.*deploy sensors --write-env --target aws` writes it/);
    const stacks = (await contentsOf(account.clientConfig)).filter((each) =>
      each.startsWith("AWS::CloudFormation::Stack "),
    );
    expect(stacks.toSorted()).toEqual(
      ["iot", "retail", "rivers", "sensors", "weather"].map((name) => `AWS::CloudFormation::Stack ${name}`),
    );
    const destroyed = await headwater(["destroy", "all", "--target", "aws"], confirmed);
    expect(destroyed).toMatchObject({ code: 0, stderr: "" });
    expect(await contentsOf(account.clientConfig)).toEqual(before);
  });
});
