import { describe, expect, it } from "@jest/globals";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import { outcome, policyOf, RoleFixture, roleArn, sessionArn, uniqueName } from "../iam/fixture.ts";
import { useClient } from "../target.ts";

const fixture = new RoleFixture();
const owner = useClient(new SQSClient(fixture.target.clientConfig()));
const FOREIGN = "111111111111";

async function makeQueue(QueueName: string): Promise<string> {
  const { QueueUrl = "" } = await owner.send(new CreateQueueCommand({ QueueName }));
  return QueueUrl;
}

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const send = (sqs: SQSClient, QueueUrl: string) =>
  outcome(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" })));

describe("permissions of SQS", () => {
  it("are refused as AccessDenied, the action in lower case", async () => {
    const QueueUrl = await makeQueue("refusing");
    const role = await fixture.role(uniqueName("stranger"));
    const sqs = new SQSClient(await fixture.session(role));
    const refused = (action: string, queue: string) => ({
      name: "AccessDenied",
      message: `User: ${sessionArn(role)} is not authorized to perform: ${action} on resource: ${arnOf(queue)} because no identity-based policy allows the ${action} action`,
    });
    await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }))).rejects.toMatchObject(
      refused("sqs:sendmessage", "refusing"),
    );
    await expect(
      sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "a", MessageBody: "x" }] })),
    ).rejects.toMatchObject(refused("sqs:sendmessage", "refusing"));
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject(refused("sqs:listqueues", ""));
    sqs.destroy();
  });

  it("are asked by queue, for batches by their single operation", async () => {
    const mine = await makeQueue("mine");
    const theirs = await makeQueue("theirs");
    const role = await fixture.role(uniqueName("sender"), [
      { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:ReceiveMessage"], Resource: arnOf("mine") },
    ]);
    const sqs = new SQSClient(await fixture.session(role));
    expect(await send(sqs, mine)).toBe("allowed");
    const Entries = [{ Id: "a", MessageBody: "x" }];
    expect(await outcome(sqs.send(new SendMessageBatchCommand({ QueueUrl: mine, Entries })))).toBe("allowed");
    expect(await outcome(sqs.send(new ReceiveMessageCommand({ QueueUrl: mine })))).toBe("allowed");
    const handles = [{ Id: "a", ReceiptHandle: "x" }];
    expect(await outcome(sqs.send(new DeleteMessageBatchCommand({ QueueUrl: mine, Entries: handles })))).toMatch(
      /not authorized to perform: sqs:deletemessage on resource: .*:mine/,
    );
    expect(await send(sqs, theirs)).toContain(sessionArn(role));
    sqs.destroy();
  });

  it("are given by the queue's policy too", async () => {
    const url = await makeQueue("policed");
    const role = await fixture.role(uniqueName("guest"));
    const sqs = new SQSClient(await fixture.session(role));
    expect(await send(sqs, url)).not.toBe("allowed");
    const Policy = policyOf({
      Effect: "Allow",
      Principal: { AWS: roleArn(role) },
      Action: "sqs:SendMessage",
      Resource: arnOf("policed"),
    });
    await owner.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy } }));
    expect(await send(sqs, url)).toBe("allowed");
    sqs.destroy();
  });

  it("reach across accounts as far as AddPermission says, and never to what is the owner's alone", async () => {
    const QueueUrl = await makeQueue("across");
    const sqs = await foreignClient();
    expect(await send(sqs, QueueUrl)).not.toBe("allowed");
    await owner.send(
      new AddPermissionCommand({
        QueueUrl,
        Label: "them",
        AWSAccountIds: [FOREIGN],
        Actions: ["SendMessage"],
      }),
    );
    expect(await send(sqs, QueueUrl)).toBe("allowed");
    expect(await outcome(sqs.send(new ReceiveMessageCommand({ QueueUrl })))).not.toBe("allowed");
    await owner.send(
      new SetQueueAttributesCommand({
        QueueUrl,
        Attributes: {
          Policy: policyOf({ Effect: "Allow", Principal: "*", Action: "sqs:*", Resource: arnOf("across") }),
        },
      }),
    );
    expect(await outcome(sqs.send(new ReceiveMessageCommand({ QueueUrl })))).toBe("allowed");
    expect(await outcome(sqs.send(new DeleteQueueCommand({ QueueUrl })))).toContain("is denied");
    sqs.destroy();
  });
});

/** Calls as a role of another account that may do everything there. */
async function foreignClient(): Promise<SQSClient> {
  const config = {
    ...fixture.target.clientConfig(),
    credentials: { accessKeyId: FOREIGN, secretAccessKey: "test" },
  };
  const name = uniqueName("foreign");
  const iam = new IAMClient(config);
  const trust = policyOf({ Effect: "Allow", Principal: { AWS: FOREIGN }, Action: "sts:AssumeRole" });
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  const PolicyDocument = policyOf({ Effect: "Allow", Action: "*", Resource: "*" });
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "p", PolicyDocument }));
  iam.destroy();
  const sts = new STSClient(config);
  const RoleArn = `arn:aws:iam::${FOREIGN}:role/${name}`;
  const session = await fixture.session(name, { RoleArn }, sts);
  sts.destroy();
  return new SQSClient(session);
}
