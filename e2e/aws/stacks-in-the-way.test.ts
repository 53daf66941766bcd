import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStacksCommand,
  RollbackStackCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, DeleteTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { impossibleTable, logGroup } from "../../conformance/cloudformation/fixture.ts";
import { policyOf } from "../../conformance/role.ts";
import { eventually } from "../eventually.ts";
import { ACCOUNT, REGION } from "./account.ts";
import { headwater, startHeadwater } from "./command.ts";
import { contentsOf } from "./contents.ts";
import { type Interception, startProxy, throttled } from "./proxy.ts";
import { useAccount } from "./use-account.ts";

// commands are processes: each takes a while to start
jest.setTimeout(120_000);

const PATIENCE_MS = 20_000;

const StackName = "rivers";

const account = useAccount();
let cloudFormation: CloudFormationClient;

beforeAll(() => {
  cloudFormation = new CloudFormationClient(account.clientConfig);
});

type Command = "deploy" | "destroy";

const start = (command: Command, endpoint = account.endpoint) =>
  startHeadwater([command, "rivers", "--target", "aws"], {
    ...account.environment,
    AWS_ENDPOINT_URL: endpoint,
    CONFIRM: "yes",
  });

const run = (command: Command) => start(command).ended;

/** Without consent. */
const ask = (command: Command, ...options: readonly string[]) =>
  headwater([command, "rivers", "--target", "aws", ...options], account.environment);

const templateOf = (Resources: object): string => JSON.stringify({ Resources });

const statusOf = async (): Promise<string | undefined> => {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  return Stacks?.[0]?.StackStatus;
};

const untilStatus = (status: string) => eventually(PATIENCE_MS, statusOf, (found) => found === status);

/** As a deployment tags its stack. */
const Tags = [{ Key: "headwater:pipeline", Value: StackName }];

const create = (resources: object, settings: Partial<CreateStackCommandInput> = {}) =>
  cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: templateOf(resources), Tags, ...settings }));

/** A stack of this name whose update failed, and whose rollback did too. */
async function makeRollbackFail(): Promise<void> {
  const groups = (days: number) => ({
    First: logGroup("in-the-way/first", { RetentionInDays: days }),
    Second: logGroup("in-the-way/second", { RetentionInDays: days }),
  });
  await create(groups(3));
  await untilStatus("CREATE_COMPLETE");
  const TemplateBody = templateOf({ ...groups(7), Table: impossibleTable(["First", "Second"]) });
  await cloudFormation.send(new UpdateStackCommand({ StackName, TemplateBody, Tags, DisableRollback: true }));
  await untilStatus("UPDATE_FAILED");
  const logs = new CloudWatchLogsClient(account.clientConfig);
  await logs.send(new DeleteLogGroupCommand({ logGroupName: "in-the-way/first" }));
  await cloudFormation.send(new RollbackStackCommand({ StackName }));
  await untilStatus("UPDATE_ROLLBACK_FAILED");
}

interface Busy extends AsyncDisposable {
  /** Answers the next question of the custom resource. */
  answer(): Promise<void>;
}

/** A stack of this name that a custom resource keeps busy. */
async function makeBusy(): Promise<Busy> {
  const [sns, sqs] = [new SNSClient(account.clientConfig), new SQSClient(account.clientConfig)];
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "questions" }));
  const Policy = policyOf({ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "questions", Attributes: { Policy } }));
  const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT}:questions`;
  const Attributes = { RawMessageDelivery: "true" };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, Attributes }));
  await create({ Waits: { Type: "AWS::CloudFormation::CustomResource", Properties: { ServiceToken: TopicArn } } });
  await untilStatus("CREATE_IN_PROGRESS");
  return {
    async answer() {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
      const { ResponseURL, RequestId, StackId, LogicalResourceId } = JSON.parse(Messages![0]!.Body!) as Question;
      const answer = { Status: "SUCCESS", PhysicalResourceId: "waits", RequestId, StackId, LogicalResourceId };
      await fetch(ResponseURL, { method: "PUT", body: JSON.stringify(answer) });
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages![0]!.ReceiptHandle }));
    },
    async [Symbol.asyncDispose]() {
      await sns.send(new DeleteTopicCommand({ TopicArn }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}

/** What CloudFormation asks of a custom resource. */
interface Question {
  readonly ResponseURL: string;
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
}

describe("a stack that is in the way of a deployment", () => {
  afterEach(async () => {
    expect(await run("destroy")).toMatchObject({ code: 0 });
    expect(await contentsOf(account.clientConfig)).toEqual([]);
  });

  it("is made anew when its creation was rolled back", async () => {
    await create({ Table: impossibleTable() });
    await untilStatus("ROLLBACK_COMPLETE");
    const { code, stdout } = await run("deploy");
    expect(code).toBe(0);
    expect(stdout).toContain("ROLLBACK_COMPLETE");
    expect(await statusOf()).toBe("CREATE_COMPLETE");
  });

  it("is what a creation without rollback left: what it holds is shown, and deleted with consent only", async () => {
    const Bucket = "left-of-a-creation";
    const resources = {
      Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: Bucket } },
      Table: impossibleTable(["Bucket"]),
    };
    await create(resources, { DisableRollback: true });
    await untilStatus("CREATE_FAILED");
    const s3 = new S3Client({ ...account.clientConfig, forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket, Key: "kept", Body: "data" }));

    const shown = /\(CREATE_FAILED\) is deleted first: 1 resource\n +bucket +left-of-a-creation\n[^]*Add +Stream /;
    expect(await ask("deploy", "--dry-run")).toMatchObject({ code: 0, stdout: expect.stringMatching(shown) });
    expect(await ask("deploy")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(shown),
      stderr: expect.stringContaining("CONFIRM=yes"),
    });
    expect(await ask("deploy", "--parameter", "Shards=2")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no parameter Shards"),
    });
    expect(await statusOf()).toBe("CREATE_FAILED");
    await s3.send(new HeadObjectCommand({ Bucket, Key: "kept" }));

    expect(await run("deploy")).toMatchObject({ code: 0, stderr: "" });
    expect(await statusOf()).toBe("CREATE_COMPLETE");
    expect(await contentsOf(account.clientConfig)).not.toContain(`AWS::S3::Bucket ${Bucket}`);
  });

  it("is somebody else's: it is left alone, and the way to make it one's own is told", async () => {
    const Description = "Bookings of river cruises";
    const template = { Description, Resources: { Group: logGroup("river-cruises") } };
    await create({}, { TemplateBody: JSON.stringify(template), Tags: [{ Key: "team", Value: "cruises" }] });
    await untilStatus("CREATE_COMPLETE");
    const refused = {
      code: 1,
      stderr: expect.stringMatching(
        /stack rivers \(made 20[^)]+UTC, "Bookings of river cruises"\) is not Headwater's.*--region.*aws cloudformation update-stack .*'Key=team,Value="cruises"' 'Key=headwater:pipeline,Value="rivers"'/,
      ),
    };
    expect(await run("deploy")).toMatchObject(refused);
    expect(await run("destroy")).toMatchObject(refused);
    expect(await contentsOf(account.clientConfig)).toEqual(
      expect.arrayContaining(["AWS::CloudFormation::Stack rivers", "AWS::Logs::LogGroup river-cruises"]),
    );
    // as the command that was told does it
    await cloudFormation.send(new UpdateStackCommand({ StackName, UsePreviousTemplate: true, Tags }));
    await untilStatus("UPDATE_COMPLETE");
  });

  it("is gone, and of its code is nothing deleted without consent", async () => {
    expect(await run("deploy")).toMatchObject({ code: 0 });
    await cloudFormation.send(
      new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }),
    );
    await cloudFormation.send(new DeleteStackCommand({ StackName }));
    await eventually(
      PATIENCE_MS,
      () => statusOf().catch(() => "gone"),
      (status) => status === "gone",
    );
    const Bucket = `headwater-artifacts-${ACCOUNT}-${REGION}`;
    expect(await ask("destroy")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`code in ${Bucket}/rivers/, bucket ${Bucket}`),
      stderr: expect.stringContaining("CONFIRM=yes"),
    });
    expect(await contentsOf(account.clientConfig)).toContain(`AWS::S3::Bucket ${Bucket}`);
  });

  it("is used when a change set of it was left behind", async () => {
    const TemplateBody = templateOf({ Group: logGroup("in-the-way") });
    const left = { StackName, ChangeSetName: "left", ChangeSetType: "CREATE", TemplateBody } as const;
    await cloudFormation.send(new CreateChangeSetCommand(left));
    await untilStatus("REVIEW_IN_PROGRESS");
    expect(await run("deploy")).toMatchObject({ code: 0 });
    expect(await statusOf()).toBe("CREATE_COMPLETE");
  });

  it("is left alone when its rollback failed, and the resource and the command that mends it are told", async () => {
    await makeRollbackFail();
    const { code, stderr } = await run("deploy");
    expect(code).toBe(1);
    expect(stderr).toContain("UPDATE_ROLLBACK_FAILED");
    expect(stderr).toMatch(
      /First: .*aws cloudformation continue-update-rollback --stack-name rivers --region eu-central-1 --profile devops-training.*--resources-to-skip/,
    );
    expect(await statusOf()).toBe("UPDATE_ROLLBACK_FAILED");
  });

  it("is waited for while somebody else creates it", async () => {
    await using busy = await makeBusy();
    const deployment = start("deploy");
    await deployment.writes(/rivers: CREATE_IN_PROGRESS.*somebody else/);
    await busy.answer();
    // the deployment takes the other's resource away, which asks once more
    await deployment.writes(/UPDATE_COMPLETE_CLEANUP_IN_PROGRESS/);
    await busy.answer();
    expect(await deployment.ended).toMatchObject({ code: 0 });
    expect(await statusOf()).toBe("UPDATE_COMPLETE");
  });

  it("is waited for, and its outputs told, when a deployment of one's own was interrupted", async () => {
    // the deployment sees nothing of the stack's end, so that it is under way when it is interrupted
    let asked = 0;
    const withoutEvents: Interception = ({ action }) =>
      action === "DescribeStackEvents" && asked++ > 0 ? throttled() : undefined;
    await using proxy = await startProxy(account.endpoint, withoutEvents);
    const interrupted = start("deploy", proxy.endpoint);
    await eventually(
      PATIENCE_MS,
      async () => asked,
      (times) => times > 1,
    );
    interrupted.interrupt();
    expect(await interrupted.ended).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(/CloudFormation goes on with rivers.*deploy rivers/),
    });
    const again = await run("deploy");
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/StreamName +rivers/) });
  });
});
