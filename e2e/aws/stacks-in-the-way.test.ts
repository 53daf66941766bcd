import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeStacksCommand,
  RollbackStackCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
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
import { startHeadwater } from "./command.ts";
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

const start = (command: "deploy" | "destroy", endpoint = account.endpoint) =>
  startHeadwater([command, "rivers", "--target", "aws"], {
    ...account.environment,
    AWS_ENDPOINT_URL: endpoint,
    CONFIRM: "yes",
  });

const run = (command: "deploy" | "destroy") => start(command).ended;

const templateOf = (Resources: object): string => JSON.stringify({ Resources });

const statusOf = async (): Promise<string | undefined> => {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  return Stacks?.[0]?.StackStatus;
};

const untilStatus = (status: string) => eventually(PATIENCE_MS, statusOf, (found) => found === status);

const create = (resources: object) =>
  cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: templateOf(resources) }));

/** A stack of this name whose update failed, and whose rollback did too. */
async function makeRollbackFail(): Promise<void> {
  const groups = (days: number) => ({
    First: logGroup("in-the-way/first", { RetentionInDays: days }),
    Second: logGroup("in-the-way/second", { RetentionInDays: days }),
  });
  await create(groups(3));
  await untilStatus("CREATE_COMPLETE");
  const TemplateBody = templateOf({ ...groups(7), Table: impossibleTable(["First", "Second"]) });
  await cloudFormation.send(new UpdateStackCommand({ StackName, TemplateBody, DisableRollback: true }));
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
