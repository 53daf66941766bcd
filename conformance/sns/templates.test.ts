import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  PublishCommand,
  SNSClient,
} from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { helpers, uniqueName } from "../cloudformation/fixture.ts";
import { useClient, useTarget } from "../target.ts";
import { makeQueue, makeTopic, receive } from "./fixture.ts";

const target = useTarget();
const cloudformation = useClient(new CloudFormationClient(target.clientConfig()));
const sns = useClient(new SNSClient(target.clientConfig()));
const sqs = useClient(new SQSClient(target.clientConfig()));
const { settled, physicalId } = helpers(cloudformation);

type Resources = Record<string, { Type: string; Properties?: object }>;

async function create(Resources: Resources, Outputs: object = {}) {
  const StackName = uniqueName();
  await cloudformation.send(
    new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources, Outputs }) }),
  );
  return { name: StackName, stack: await settled(StackName) };
}

async function update(StackName: string, Resources: Resources) {
  await cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }));
  return settled(StackName);
}

async function remove(StackName: string): Promise<void> {
  await cloudformation.send(new DeleteStackCommand({ StackName }));
  await settled(StackName).catch(() => {});
}

const attributes = async (TopicArn: string) =>
  (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes ?? {};

describe("AWS::SNS::Topic", () => {
  it("is made with its subscriptions and tags, updated in place, replaced by another name, and deleted", async () => {
    const queue = await makeQueue(sqs, "stack-queue");
    const topic = (properties: object): Resources => ({ Topic: { Type: "AWS::SNS::Topic", Properties: properties } });
    const { name, stack } = await create(
      topic({
        DisplayName: "One",
        Subscription: [{ Protocol: "sqs", Endpoint: queue.arn }],
        Tags: [{ Key: "k", Value: "v" }],
      }),
      { Name: { Value: { "Fn::GetAtt": ["Topic", "TopicName"] } } },
    );
    const arn = await physicalId(name, "Topic");
    expect(arn).toBe(`arn:aws:sns:us-east-1:000000000000:${stack.Outputs?.[0]?.OutputValue}`);
    expect(await attributes(arn)).toMatchObject({ DisplayName: "One", SubscriptionsConfirmed: "1" });

    expect((await update(name, topic({ Tags: [{ Key: "k", Value: "w" }] }))).StackStatus).toBe("UPDATE_COMPLETE");
    expect(await attributes(arn)).toMatchObject({ DisplayName: "", SubscriptionsConfirmed: "0" });
    const { Tags = [] } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: arn }));
    expect(Tags.filter(({ Key = "" }) => !Key.startsWith("aws:"))).toEqual([{ Key: "k", Value: "w" }]);

    await update(name, topic({ TopicName: "renamed" }));
    expect(await physicalId(name, "Topic")).toBe("arn:aws:sns:us-east-1:000000000000:renamed");
    await expect(attributes(arn)).rejects.toMatchObject({ name: "NotFoundException" });
    await remove(name);
    await expect(attributes("arn:aws:sns:us-east-1:000000000000:renamed")).rejects.toMatchObject({
      name: "NotFoundException",
    });
  });

  it("that is FIFO has a name that says so", async () => {
    const { name } = await create({ Topic: { Type: "AWS::SNS::Topic", Properties: { FifoTopic: true } } });
    expect(await attributes(await physicalId(name, "Topic"))).toMatchObject({ FifoTopic: "true" });
  });

  it("refuses by name what is not supported", async () => {
    const refused = create({ Topic: { Type: "AWS::SNS::Topic", Properties: { DataProtectionPolicy: {} } } });
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining("AWS::SNS::Topic.DataProtectionPolicy is not supported by Headwater"),
    });
  });
});

describe("AWS::SNS::Subscription", () => {
  it("delivers, has its attributes changed in place, and ends with the stack", async () => {
    const queue = await makeQueue(sqs, "subscription-queue");
    const TopicArn = await makeTopic(sns, "given");
    const subscription = (properties: object): Resources => ({
      S: {
        Type: "AWS::SNS::Subscription",
        Properties: { TopicArn, Protocol: "sqs", Endpoint: queue.arn, RawMessageDelivery: true, ...properties },
      },
    });
    const { name } = await create(subscription({ FilterPolicy: { kind: ["a"] } }));
    const SubscriptionArn = await physicalId(name, "S");
    const current = async () =>
      (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes ?? {};
    expect(await current()).toMatchObject({ FilterPolicy: '{"kind":["a"]}', FilterPolicyScope: "MessageAttributes" });
    const nested = { FilterPolicyScope: "MessageBody", FilterPolicy: { order: { kind: ["b"] } } };
    expect((await update(name, subscription(nested))).StackStatus).toBe("UPDATE_COMPLETE");
    expect(await physicalId(name, "S")).toBe(SubscriptionArn);
    await sns.send(new PublishCommand({ TopicArn, Message: '{"order":{"kind":"b"}}' }));
    expect((await receive(sqs, queue))[0]?.Body).toBe('{"order":{"kind":"b"}}');
    await update(name, subscription({}));
    expect(await current()).not.toHaveProperty("FilterPolicy");
    await remove(name);
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions).toEqual([]);
  });
});

describe("policies of topics", () => {
  const statement = (Sid: string, Resource: unknown) => ({
    Sid,
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sns:Publish",
    Resource,
  });
  const document = (Sid: string, Resource: unknown) => ({
    Version: "2012-10-17",
    Statement: [statement(Sid, Resource)],
  });
  const sid = async (arn: string) =>
    (JSON.parse((await attributes(arn)).Policy ?? "{}") as { Statement: { Sid: string }[] }).Statement[0]?.Sid;

  it.each(["AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy"])(
    "%s is set, changed, and leaves the default policy behind",
    async (Type) => {
      const arn = await makeTopic(sns, Type.replaceAll("::", "-"));
      const place = Type === "AWS::SNS::TopicPolicy" ? { Topics: [arn] } : { TopicArn: arn };
      const policy = (Sid: string): Resources => ({
        P: { Type, Properties: { PolicyDocument: document(Sid, arn), ...place } },
      });
      const { name } = await create(policy("first"));
      expect(await sid(arn)).toBe("first");
      await update(name, policy("second"));
      expect(await sid(arn)).toBe("second");
      await remove(name);
      expect(await sid(arn)).toBe("__default_statement_ID");
    },
  );
});
