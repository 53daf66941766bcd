import {
  ConfirmSubscriptionCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  type SubscribeCommandInput,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { useClient, useTarget } from "../target.ts";
import { envelopeOf, makeQueue, makeTopic, receive, subscribeQueue } from "./fixture.ts";
import { HttpEndpoint } from "./http-endpoint.ts";

const DAY_MS = 24 * 3600 * 1000;

const target = useTarget({ manualClock: true });
const sns = useClient(new SNSClient(target.clientConfig()));
const sqs = useClient(new SQSClient(target.clientConfig()));

const subscribe = (input: Partial<SubscribeCommandInput>) =>
  sns.send(new SubscribeCommand({ TopicArn: undefined, Protocol: "sqs", ...input }));
const attributes = async (SubscriptionArn: string) =>
  (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes;
const set = (SubscriptionArn: string, AttributeName: string, AttributeValue: string) =>
  sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));

const QUEUE = "arn:aws:sqs:us-east-1:000000000000:somewhere";

describe("Subscribe", () => {
  it.each([
    ["sqs", "https://queue", "Invalid parameter: SQS endpoint ARN"],
    [
      "sqs",
      `${QUEUE}.fifo`,
      "Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
    ],
    ["https", "http://host/", "Invalid parameter: Endpoint must match the specified protocol"],
    ["pigeon", "roof", "Invalid parameter: Amazon SNS does not support this protocol string: pigeon"],
  ])("refuses %s to %s", async (Protocol, Endpoint, message) => {
    const TopicArn = await makeTopic(sns, "choosy");
    await expect(subscribe({ TopicArn, Protocol, Endpoint })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message,
    });
  });

  it.each(["email", "email-json", "sms", "application"])("refuses %s by name", async (Protocol) => {
    const TopicArn = await makeTopic(sns, "choosy");
    await expect(subscribe({ TopicArn, Protocol, Endpoint: "x" })).rejects.toMatchObject({
      name: "NotImplemented",
      message: `The protocol ${Protocol} of a subscription is not supported by Headwater.`,
    });
  });

  it("answers the subscription that is there, unless attributes differ", async () => {
    const TopicArn = await makeTopic(sns, "once");
    const first = await subscribe({ TopicArn, Endpoint: QUEUE, Attributes: { RawMessageDelivery: "true" } });
    const second = await subscribe({ TopicArn, Endpoint: QUEUE });
    expect(second.SubscriptionArn).toBe(first.SubscriptionArn);
    await expect(
      subscribe({ TopicArn, Endpoint: QUEUE, Attributes: { RawMessageDelivery: "false" } }),
    ).rejects.toMatchObject({
      message: "Invalid parameter: Attributes Reason: Subscription already exists with different attributes",
    });
    expect(await attributes(first.SubscriptionArn ?? "")).toEqual({
      ConfirmationWasAuthenticated: "true",
      Endpoint: QUEUE,
      Owner: "000000000000",
      PendingConfirmation: "false",
      Protocol: "sqs",
      RawMessageDelivery: "true",
      SubscriptionArn: first.SubscriptionArn,
      SubscriptionPrincipal: "arn:aws:iam::000000000000:root",
      TopicArn,
    });
  });
});

describe("SetSubscriptionAttributes", () => {
  it.each([
    ["RawMessageDelivery", "yes", "Invalid parameter: RawMessageDelivery: Invalid value [yes]. Must be true or false."],
    [
      "FilterPolicyScope",
      "Body",
      "Invalid parameter: FilterPolicyScope: Invalid value [Body]. Please use either MessageBody or MessageAttributes",
    ],
    ["RedrivePolicy", "{", "Invalid parameter: RedrivePolicy: failed to parse JSON."],
    [
      "RedrivePolicy",
      '{"deadLetterTargetArn":"q"}',
      "Invalid parameter: RedrivePolicy: deadLetterTargetArn is an invalid arn",
    ],
    ["Colour", "red", "Invalid parameter: AttributeName"],
  ])("refuses %s %s", async (name, value, message) => {
    const arn = await subscribeQueue(sns, await makeTopic(sns, "set"), { url: "", arn: QUEUE });
    await expect(set(arn, name, value)).rejects.toMatchObject({ message });
  });
});

describe("an HTTP endpoint", () => {
  it("confirms by the URL that it is sent, gets messages, and unsubscribes and comes back by URLs", async () => {
    await using endpoint = await HttpEndpoint.open();
    const TopicArn = await makeTopic(sns, "web");
    const { SubscriptionArn } = await subscribe({ TopicArn, Protocol: "http", Endpoint: endpoint.url });
    expect(SubscriptionArn).toBe("pending confirmation");
    const asked = await endpoint.post(1);
    expect(asked.headers).toMatchObject({
      "x-amz-sns-message-type": "SubscriptionConfirmation",
      "x-amz-sns-message-id": asked.json.MessageId,
      "x-amz-sns-topic-arn": TopicArn,
      "content-type": "text/plain; charset=UTF-8",
      "user-agent": "Amazon Simple Notification Service Agent",
    });
    expect(asked.headers).not.toHaveProperty("x-amz-sns-subscription-arn");
    await sns.send(new PublishCommand({ TopicArn, Message: "too early" }));
    const listed = async () =>
      (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions?.map(
        (each) => each.SubscriptionArn,
      );
    expect(await listed()).toEqual(["PendingConfirmation"]);

    const confirmed = await fetch(String(asked.json.SubscribeURL));
    const answer = await confirmed.text();
    expect([confirmed.status, confirmed.headers.get("content-type")]).toEqual([200, "text/xml"]);
    const arn = /<SubscriptionArn>(.+)<\/SubscriptionArn>/.exec(answer)?.[1] ?? "";
    expect(await listed()).toEqual([arn]);
    expect(await attributes(arn)).toMatchObject({
      ConfirmationWasAuthenticated: "false",
      PendingConfirmation: "false",
    });

    await sns.send(new PublishCommand({ TopicArn, Message: "hello" }));
    const message = await endpoint.post(2);
    expect(message.headers["x-amz-sns-subscription-arn"]).toBe(arn);
    expect(message.json).toMatchObject({ Type: "Notification", Message: "hello" });

    expect((await fetch(String(message.json.UnsubscribeURL))).status).toBe(200);
    const ended = await endpoint.post(3);
    expect(ended.json).toMatchObject({ Type: "UnsubscribeConfirmation", TopicArn });
    expect(await listed()).toEqual([]);
    expect((await fetch(String(ended.json.SubscribeURL))).status).toBe(200);
    expect(await listed()).toEqual([arn]);
  });

  it("is asked anew by a second Subscribe, and forgotten after two days", async () => {
    await using endpoint = await HttpEndpoint.open();
    const TopicArn = await makeTopic(sns, "late");
    const ask = () => subscribe({ TopicArn, Protocol: "http", Endpoint: endpoint.url, ReturnSubscriptionArn: true });
    const first = await ask();
    expect((await ask()).SubscriptionArn).toBe(first.SubscriptionArn);
    const { json } = await endpoint.post(2);
    await target.clock.advance(2 * DAY_MS + 3_600_000);
    await expect(
      sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: String(json.Token) })),
    ).rejects.toMatchObject({ name: "InvalidParameterException", message: "Invalid parameter: Token" });
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions).toEqual([]);
  });

  it("is not unsubscribed by its URL when the confirmation asked for authentication", async () => {
    await using endpoint = await HttpEndpoint.open();
    const TopicArn = await makeTopic(sns, "locked");
    await subscribe({ TopicArn, Protocol: "http", Endpoint: endpoint.url });
    const { json } = await endpoint.post(1);
    const { SubscriptionArn = "" } = await sns.send(
      new ConfirmSubscriptionCommand({ TopicArn, Token: String(json.Token), AuthenticateOnUnsubscribe: "true" }),
    );
    const refused = await fetch(`${target.endpoint}/?Action=Unsubscribe&SubscriptionArn=${SubscriptionArn}`);
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("AuthorizationError")]);
    await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    await expect(attributes(SubscriptionArn)).rejects.toMatchObject({ message: "Subscription does not exist" });
  });
});

describe("a queue of another account", () => {
  it("gets messages once somebody has confirmed with the token that it was sent", async () => {
    const credentials = { accessKeyId: "111111111111", secretAccessKey: "test" };
    const theirs = new SQSClient({ ...target.clientConfig(), credentials });
    const queue = await makeQueue(theirs, "abroad");
    expect(queue.arn).toBe("arn:aws:sqs:us-east-1:111111111111:abroad");
    const TopicArn = await makeTopic(sns, "exporting");
    expect((await subscribe({ TopicArn, Endpoint: queue.arn })).SubscriptionArn).toBe("pending confirmation");
    const asked = envelopeOf((await receive(theirs, queue))[0]);
    expect(asked).toMatchObject({ Type: "SubscriptionConfirmation", TopicArn });
    await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: String(asked.Token) }));
    await sns.send(new PublishCommand({ TopicArn, Message: "hello" }));
    expect(envelopeOf((await receive(theirs, queue))[0])).toMatchObject({ Type: "Notification", Message: "hello" });
    theirs.destroy();
  });
});

describe("ListSubscriptions", () => {
  it("lists the subscriptions of all topics", async () => {
    const queue = await makeQueue(sqs, "listed");
    const arns = [await makeTopic(sns, "list-a"), await makeTopic(sns, "list-b")];
    for (const topic of arns) await subscribeQueue(sns, topic, queue);
    const { Subscriptions = [] } = await sns.send(new ListSubscriptionsCommand({}));
    const topics = Subscriptions.filter(({ Endpoint }) => Endpoint === queue.arn).map(({ TopicArn }) => TopicArn);
    expect(topics).toEqual(arns);
  });
});

describe("a filter policy", () => {
  /** Which of the texts pass: the others never come, and a last one that passes tells that all are through. */
  async function passing(
    name: string,
    policy: object,
    messages: { text: string; attributes?: Record<string, [type: string, value: string]> }[],
    scope = "MessageAttributes",
  ): Promise<string[]> {
    const TopicArn = await makeTopic(sns, name);
    const queue = await makeQueue(sqs, name);
    const open = await makeQueue(sqs, `${name}-open`);
    const raw = { RawMessageDelivery: "true" };
    await subscribeQueue(sns, TopicArn, queue, {
      ...raw,
      FilterPolicy: JSON.stringify(policy),
      FilterPolicyScope: scope,
    });
    await subscribeQueue(sns, TopicArn, open, raw);
    for (const { text, attributes: given = {} } of messages) {
      const MessageAttributes = Object.fromEntries(
        Object.entries(given).map(([key, [DataType, StringValue]]) => [key, { DataType, StringValue }]),
      );
      await sns.send(new PublishCommand({ TopicArn, Message: text, MessageAttributes }));
    }
    await receive(sqs, open, messages.length);
    const got = await receive(sqs, queue, 1);
    return got.map(({ Body = "" }) => Body).toSorted((a, b) => (a < b ? -1 : 1));
  }

  it("matches attributes by value, list, number, beginning and absence", async () => {
    const policy = {
      store: ["shop", { prefix: "out" }, { suffix: "let" }, { "equals-ignore-case": "MALL" }],
      price: [{ numeric: [">", 10, "<=", 20] }, 100],
      hidden: [{ exists: false }],
    };
    const of = (text: string, store: string, price: string, more = {}) => ({
      text,
      attributes: {
        store: ["String", store] as [string, string],
        price: ["Number", price] as [string, string],
        ...more,
      },
    });
    const got = await passing("by-attributes", policy, [
      of("exact", "shop", "20"),
      of("float", "shop", "1e2"),
      of("cheap", "shop", "10"),
      of("prefixed", "outside", "11"),
      of("cased", "mAlL", "11"),
      of("elsewhere", "market", "11"),
      of("hidden", "shop", "11", { hidden: ["String", "yes"] }),
      { text: "bare" },
      { text: "listed", attributes: { store: ["String.Array", '["x","shop"]'], price: ["Number", "100"] } },
    ]);
    expect(got).toEqual(["cased", "exact", "float", "listed", "prefixed"]);
  });

  it("keeps out a list of which one is what anything-but names", async () => {
    const interests = (text: string, value: string, type = "String.Array") => ({
      text,
      attributes: { interests: [type, value] as [string, string] },
    });
    const got = await passing("anything-but", { interests: [{ "anything-but": ["rugby", "tennis"] }] }, [
      interests("other", "football", "String"),
      interests("listed", "rugby", "String"),
      interests("others", '["football","baseball"]'),
      interests("mixed", '["rugby","baseball"]'),
      { text: "none" },
    ]);
    expect(got).toEqual(["other", "others"]);
  });

  it("matches bodies at any depth, with lists, $or, anything-but and address blocks", async () => {
    const policy = {
      order: { items: { kind: ["book"] } },
      $or: [{ ip: [{ cidr: "10.0.0.0/24" }] }, { who: [{ "anything-but": { prefix: "bot" } }] }],
    };
    const body = (text: string, more: object) => ({
      text: JSON.stringify({ text, order: { items: [{ kind: "pen" }, { kind: "book" }] }, ...more }),
    });
    const got = await passing(
      "by-body",
      policy,
      [
        body("address", { ip: "10.0.0.7", who: "bot-1" }),
        body("person", { ip: "10.0.1.7", who: "ann" }),
        body("neither", { ip: "10.0.1.7", who: "bot-2" }),
        body("other", { ip: "10.0.0.7", order: { items: [{ kind: "pen" }] } }),
        { text: "no JSON" },
      ],
      "MessageBody",
    );
    expect(got.map((text) => (JSON.parse(text) as { text: string }).text)).toEqual(["address", "person"]);
  });

  it.each([
    ["{", "failed to parse JSON."],
    ['{"a":"b"}', '"a" must be an object or an array'],
    ['{"a":[]}', "Empty arrays are not allowed"],
    ['{"a":["b"],"b":["b"],"c":["b"],"d":["b"],"e":["b"],"f":["b"]}', "Filter policy can not have more than 5 keys"],
    ['{"a":[["b"]]}', "Match value must be String, number, true, false, or null"],
    ['{"a":[{"prefix":"a","suffix":"b"}]}', "Only one key allowed in match expression"],
    ['{"a":[{"exists":"no"}]}', "exists match pattern must be either true or false."],
    ['{"a":[{"wildcard":"*"}]}', "Unrecognized match type wildcard"],
    ['{"a":[{"numeric":["<",1,">",0]}]}', "Too many elements in numeric expression"],
    ['{"a":[{"numeric":[">",2,"<",1]}]}', "Bottom must be less than top"],
    ['{"a":[{"anything-but":{"suffix":"x"}}]}', "Unsupported anything-but pattern: suffix"],
    ['{"a":[{"cidr":"10.0.0.0"}]}', "Malformed CIDR, one '/' required"],
    [JSON.stringify({ a: Array.from({ length: 151 }, (_, index) => index) }), "Filter policy is too complex"],
  ])("%s is refused", async (policy, complaint) => {
    const arn = await subscribeQueue(sns, await makeTopic(sns, "filtered"), { url: "", arn: QUEUE });
    await expect(set(arn, "FilterPolicy", policy)).rejects.toMatchObject({
      message: `Invalid parameter: FilterPolicy: ${complaint}`,
    });
  });

  it("that is nested needs the scope MessageBody", async () => {
    const arn = await subscribeQueue(sns, await makeTopic(sns, "nested"), { url: "", arn: QUEUE });
    await expect(set(arn, "FilterPolicy", '{"a":{"b":["c"]}}')).rejects.toMatchObject({
      message: "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy",
    });
  });
});
