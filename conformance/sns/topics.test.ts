import {
  AddPermissionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  RemovePermissionCommand,
  SetTopicAttributesCommand,
  SNSClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import { useClient, useTarget } from "../target.ts";
import { makeTopic } from "./fixture.ts";

const target = useTarget({ manualClock: true });
const sns = useClient(new SNSClient(target.clientConfig()));

const attributes = async (TopicArn: string) =>
  (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes ?? {};
const set = (TopicArn: string, AttributeName: string, AttributeValue: string) =>
  sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));

describe("CreateTopic", () => {
  it("answers the topic that is there, unless attributes or tags differ", async () => {
    const create = (Attributes?: Record<string, string>, Tags?: { Key: string; Value: string }[]) =>
      sns.send(new CreateTopicCommand({ Name: "same", Attributes, Tags }));
    const { TopicArn } = await create({ DisplayName: "Same" }, [{ Key: "a", Value: "1" }]);
    expect(TopicArn).toBe("arn:aws:sns:us-east-1:000000000000:same");
    expect((await create({ DisplayName: "Same" })).TopicArn).toBe(TopicArn);
    await expect(create({ DisplayName: "Other" })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
    });
    await expect(create({}, [{ Key: "a", Value: "2" }])).rejects.toMatchObject({
      message: "Invalid parameter: Tags Reason: Topic already exists with different tags",
    });
  });

  it.each(["", "a:b", "a b", "a".repeat(257), "wrong.fifo"])("refuses the name %p", async (Name) => {
    await expect(sns.send(new CreateTopicCommand({ Name }))).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Invalid parameter: Topic Name",
    });
  });

  it.each([
    ["TracingConfig", "Active"],
    ["KmsMasterKeyId", "alias/mine"],
    ["SQSFailureFeedbackRoleArn", "arn:aws:iam::000000000000:role/r"],
  ])("refuses %s by name", async (name, value) => {
    await expect(makeTopic(sns, "refused", { [name]: value })).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining(name),
    });
  });
});

describe("GetTopicAttributes", () => {
  it("answers what AWS answers of a new topic", async () => {
    const arn = await makeTopic(sns, "fresh.fifo");
    const { Policy = "", EffectiveDeliveryPolicy = "", ...rest } = await attributes(arn);
    expect(rest).toEqual({
      ContentBasedDeduplication: "false",
      DisplayName: "",
      FifoTopic: "true",
      Owner: "000000000000",
      SubscriptionsConfirmed: "0",
      SubscriptionsDeleted: "0",
      SubscriptionsPending: "0",
      TopicArn: arn,
    });
    expect(JSON.parse(Policy)).toMatchObject({
      Version: "2008-10-17",
      Id: "__default_policy_ID",
      Statement: [
        {
          Sid: "__default_statement_ID",
          Principal: { AWS: "*" },
          Resource: arn,
          Condition: { StringEquals: { "AWS:SourceOwner": "000000000000" } },
        },
      ],
    });
    expect(JSON.parse(EffectiveDeliveryPolicy)).toMatchObject({
      http: { defaultHealthyRetryPolicy: { numRetries: 3, minDelayTarget: 20, maxDelayTarget: 20 } },
    });
  });
});

describe("SetTopicAttributes", () => {
  it("sets an attribute, and not whether the topic is FIFO", async () => {
    const arn = await makeTopic(sns, "settable");
    await set(arn, "DisplayName", "Shown");
    expect((await attributes(arn)).DisplayName).toBe("Shown");
    await expect(set(arn, "FifoTopic", "true")).rejects.toMatchObject({ message: "Invalid parameter: AttributeName" });
    await expect(set(arn, "Colour", "red")).rejects.toMatchObject({ message: "Invalid parameter: AttributeName" });
  });

  it.each([
    ["no JSON", "{", "Invalid parameter: Policy Error: null"],
    [
      "a condition that there is none of",
      '{"Statement":{"Effect":"Allow","Principal":"*","Action":"sns:Publish","Condition":{"ArnEqual":{"a":"b"}}}}',
      "Invalid parameter: Policy Error: null",
    ],
    [
      "an action of another service",
      '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}]}',
      "Invalid parameter: Policy statement action out of service scope!",
    ],
  ])("refuses a policy with %s", async (_what, policy, message) => {
    const arn = await makeTopic(sns, "guarded");
    await expect(set(arn, "Policy", policy)).rejects.toMatchObject({ message });
  });

  it.each([
    { numRetries: 101 },
    { minDelayTarget: 30, maxDelayTarget: 20 },
    { numRetries: 2, numNoDelayRetries: 3 },
    { backoffFunction: "random" },
    { numRetries: 100, minDelayTarget: 60, maxDelayTarget: 60 },
  ])("refuses the retry policy %j", async (policy) => {
    const arn = await makeTopic(sns, "retried");
    const text = JSON.stringify({ http: { defaultHealthyRetryPolicy: policy } });
    await expect(set(arn, "DeliveryPolicy", text)).rejects.toMatchObject({
      message: expect.stringMatching(/^Invalid parameter: DeliveryPolicy: http\.defaultHealthyRetryPolicy/),
    });
  });
});

describe("AddPermission and RemovePermission", () => {
  it("add and remove statements of the policy", async () => {
    const TopicArn = await makeTopic(sns, "shared");
    const add = (Label: string, ...ActionName: string[]) =>
      sns.send(new AddPermissionCommand({ TopicArn, Label, AWSAccountId: ["111111111111"], ActionName }));
    await add("friends", "Publish");
    await expect(add("friends", "Publish")).rejects.toMatchObject({
      message: "Invalid parameter: Statement already exists",
    });
    await expect(add("others", "SendMessage")).rejects.toMatchObject({
      message: "Invalid parameter: Policy statement action out of service scope!",
    });
    const statements = async () =>
      (JSON.parse((await attributes(TopicArn)).Policy ?? "") as { Statement: { Sid: string }[] }).Statement;
    expect((await statements())[1]).toEqual({
      Sid: "friends",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111111111111:root" },
      Action: "SNS:Publish",
      Resource: TopicArn,
    });
    await sns.send(new RemovePermissionCommand({ TopicArn, Label: "friends" }));
    expect(await statements()).toHaveLength(1);
  });
});

describe("ListTopics and DeleteTopic", () => {
  it("list in pages of a hundred and delete, twice without complaint", async () => {
    const west = useWest();
    for (let index = 0; index < 101; index++) await makeTopic(west, `t${index}`);
    const first = await west.send(new ListTopicsCommand({}));
    const second = await west.send(new ListTopicsCommand({ NextToken: first.NextToken }));
    expect([first.Topics?.length, second.Topics?.length, second.NextToken]).toEqual([100, 1, undefined]);
    const TopicArn = first.Topics?.[0]?.TopicArn ?? "";
    for (let times = 0; times < 2; times++) await west.send(new DeleteTopicCommand({ TopicArn }));
    await expect(west.send(new GetTopicAttributesCommand({ TopicArn }))).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Topic does not exist",
    });
    await expect(sns.send(new DeleteTopicCommand({ TopicArn }))).rejects.toMatchObject({
      message: "Invalid parameter: TopicArn",
    });
    west.destroy();
  });
});

const useWest = () => new SNSClient({ ...target.clientConfig(), region: "us-west-2" });

describe("tags", () => {
  it("are added, replaced and removed", async () => {
    const ResourceArn = await makeTopic(sns, "tagged");
    const tag = (...Tags: { Key: string; Value: string }[]) => sns.send(new TagResourceCommand({ ResourceArn, Tags }));
    await tag({ Key: "a", Value: "1" }, { Key: "b", Value: "2" });
    await tag({ Key: "b", Value: "3" });
    await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["a"] }));
    const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn }));
    expect(Tags).toEqual([{ Key: "b", Value: "3" }]);
    await expect(tag({ Key: "k", Value: "1" }, { Key: "k", Value: "2" })).rejects.toMatchObject({
      message: "Invalid parameter: Duplicated keys are not allowed.",
    });
  });
});
