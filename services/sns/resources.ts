import {
  choice,
  document,
  flag,
  list,
  object,
  readOnly,
  refused,
  replaces,
  required,
  tags,
  text,
} from "../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, tagChanges, unless } from "../cloudformation/provider.ts";
import { defaultPolicy } from "./topic-policy.ts";

const topicArnOf = ({ account, region }: ProviderContext, name: string): string =>
  `arn:aws:sns:${region}:${account}:${name}`;

const setTopic = (ctx: ProviderContext, TopicArn: string, AttributeName: string, AttributeValue: string) =>
  ctx.call("sns", "SetTopicAttributes", { TopicArn, AttributeName, AttributeValue });

/** What a topic has where the template does not say. */
const TOPIC_DEFAULTS = {
  DisplayName: "",
  KmsMasterKeyId: "",
  SignatureVersion: "1",
  TracingConfig: "PassThrough",
  ContentBasedDeduplication: "false",
  FifoThroughputScope: "Topic",
} as const;

type TopicAttribute = keyof typeof TOPIC_DEFAULTS;

const topicAttributes = (properties: { readonly [N in TopicAttribute]?: string | boolean }) =>
  (Object.keys(TOPIC_DEFAULTS) as TopicAttribute[]).flatMap((name): [TopicAttribute, string][] => {
    const value = properties[name];
    return value === undefined ? [] : [[name, String(value)]];
  });

interface Endpoint {
  readonly Endpoint: string;
  readonly Protocol: string;
}

const subscribeAll = async (ctx: ProviderContext, TopicArn: string, endpoints: readonly Endpoint[]): Promise<void> => {
  for (const endpoint of endpoints) await ctx.call("sns", "Subscribe", { TopicArn, ...endpoint });
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html */
const topic = defineProvider({
  type: "AWS::SNS::Topic",
  properties: {
    TopicName: replaces(text({ min: 1, max: 256 })),
    FifoTopic: replaces(flag()),
    DisplayName: text({ max: 100 }),
    ContentBasedDeduplication: flag(),
    FifoThroughputScope: text(),
    KmsMasterKeyId: text(),
    SignatureVersion: text(),
    TracingConfig: text(),
    Subscription: list(object({ Endpoint: required(text()), Protocol: required(text()) })),
    Tags: tags(),
    ArchivePolicy: refused(),
    DataProtectionPolicy: refused(),
    DeliveryStatusLogging: refused([]),
    TopicArn: readOnly(),
  },
  attributes: ["TopicArn", "TopicName"],
  name: { property: "TopicName", maxLength: 251 },

  systemTagged: (_ctx, arn) => arn,

  find: async (ctx, properties, name) => {
    const TopicArn = topicArnOf(ctx, fullName(properties, name));
    return (await unless(ctx.call("sns", "GetTopicAttributes", { TopicArn }), "NotFoundException")) && TopicArn;
  },

  async create(ctx, properties, name) {
    const { TopicArn = "" } = await ctx.call("sns", "CreateTopic", {
      Name: fullName(properties, name),
      Attributes: {
        ...Object.fromEntries(topicAttributes(properties)),
        ...(properties.FifoTopic && { FifoTopic: "true" }),
      },
      ...(properties.Tags?.length && { Tags: properties.Tags }),
    });
    ctx.created(TopicArn);
    await subscribeAll(ctx, TopicArn, properties.Subscription ?? []);
    return TopicArn;
  },

  async update(ctx, arn, before, after) {
    const old = Object.fromEntries(topicAttributes(before));
    const next = Object.fromEntries(topicAttributes(after));
    for (const name of new Set([...Object.keys(old), ...Object.keys(next)]) as Set<TopicAttribute>) {
      if (old[name] !== next[name]) await setTopic(ctx, arn, name, next[name] ?? TOPIC_DEFAULTS[name]);
    }
    await updateSubscriptions(ctx, arn, before.Subscription ?? [], after.Subscription ?? []);
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    if (removed.length > 0) await ctx.call("sns", "UntagResource", { ResourceArn: arn, TagKeys: removed });
    const Tags = Object.entries(set).map(([Key, Value]) => ({ Key, Value }));
    if (Tags.length > 0) await ctx.call("sns", "TagResource", { ResourceArn: arn, Tags });
  },

  async remove(ctx, arn) {
    await ctx.call("sns", "DeleteTopic", { TopicArn: arn });
  },

  read: async (_ctx, arn) => ({ TopicArn: arn, TopicName: arn.slice(arn.lastIndexOf(":") + 1) }),
});

const fullName = ({ FifoTopic }: { readonly FifoTopic?: boolean }, name: string): string =>
  FifoTopic && !name.endsWith(".fifo") ? `${name}.fifo` : name;

async function updateSubscriptions(
  ctx: ProviderContext,
  topicArn: string,
  before: readonly Endpoint[],
  after: readonly Endpoint[],
): Promise<void> {
  const isIn = (all: readonly Endpoint[], one: { Endpoint?: string; Protocol?: string }) =>
    all.some(({ Endpoint, Protocol }) => Endpoint === one.Endpoint && Protocol === one.Protocol);
  await subscribeAll(
    ctx,
    topicArn,
    after.filter((endpoint) => !isIn(before, endpoint)),
  );
  const gone = before.filter((endpoint) => !isIn(after, endpoint));
  if (gone.length === 0) return;
  for (let NextToken: string | undefined, first = true; first || NextToken !== undefined; first = false) {
    const page = await ctx.call("sns", "ListSubscriptionsByTopic", { TopicArn: topicArn, NextToken });
    for (const each of page.Subscriptions ?? []) {
      if (!isIn(gone, each) || each.SubscriptionArn === "PendingConfirmation") continue;
      await ctx.call("sns", "Unsubscribe", { SubscriptionArn: each.SubscriptionArn ?? "" });
    }
    NextToken = page.NextToken;
  }
}

const SUBSCRIPTION_DEFAULTS = {
  DeliveryPolicy: "",
  FilterPolicy: "",
  FilterPolicyScope: "MessageAttributes",
  RawMessageDelivery: "false",
  RedrivePolicy: "",
  SubscriptionRoleArn: "",
} as const;

type SubscriptionAttribute = keyof typeof SUBSCRIPTION_DEFAULTS;

/** In the order in which they are set: a filter policy is read by its scope. */
const SUBSCRIPTION_ORDER: readonly SubscriptionAttribute[] = [
  "FilterPolicyScope",
  "FilterPolicy",
  "RawMessageDelivery",
  "DeliveryPolicy",
  "RedrivePolicy",
  "SubscriptionRoleArn",
];

const subscriptionAttributes = (properties: { readonly [N in SubscriptionAttribute]?: object | string | boolean }) =>
  Object.fromEntries(
    SUBSCRIPTION_ORDER.flatMap((name): [SubscriptionAttribute, string][] => {
      const value = properties[name];
      return value === undefined ? [] : [[name, typeof value === "object" ? JSON.stringify(value) : String(value)]];
    }),
  );

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html */
const subscription = defineProvider({
  type: "AWS::SNS::Subscription",
  properties: {
    TopicArn: replaces(required(text())),
    Protocol: replaces(required(text())),
    Endpoint: replaces(text()),
    Region: text(),
    DeliveryPolicy: document(),
    FilterPolicy: document(),
    FilterPolicyScope: choice("MessageAttributes", "MessageBody"),
    RawMessageDelivery: flag(),
    RedrivePolicy: document(),
    SubscriptionRoleArn: text(),
    ReplayPolicy: refused(),
    Arn: readOnly(),
  },
  attributes: ["Arn"],

  find: async () => undefined,

  async create(ctx, properties) {
    const { SubscriptionArn = "" } = await ctx.call(
      "sns",
      "Subscribe",
      {
        TopicArn: properties.TopicArn,
        Protocol: properties.Protocol,
        Endpoint: properties.Endpoint,
        Attributes: subscriptionAttributes(properties),
        ReturnSubscriptionArn: true,
      },
      { region: properties.Region ?? ctx.region },
    );
    ctx.created(SubscriptionArn);
    return SubscriptionArn;
  },

  async update(ctx, arn, before, after) {
    const old = subscriptionAttributes(before);
    const next = subscriptionAttributes(after);
    const region = after.Region ?? ctx.region;
    const set = (AttributeName: SubscriptionAttribute, AttributeValue: string) =>
      ctx.call("sns", "SetSubscriptionAttributes", { SubscriptionArn: arn, AttributeName, AttributeValue }, { region });
    const changed = SUBSCRIPTION_ORDER.filter((name) => old[name] !== next[name]);
    // a policy that the new scope would not take gives way first
    if (changed.includes("FilterPolicyScope") && old.FilterPolicy !== undefined) await set("FilterPolicy", "");
    for (const name of changed) await set(name, next[name] ?? SUBSCRIPTION_DEFAULTS[name]);
    if (changed.includes("FilterPolicyScope") && !changed.includes("FilterPolicy") && next.FilterPolicy !== undefined) {
      await set("FilterPolicy", next.FilterPolicy);
    }
  },

  async remove(ctx, arn, { Region }) {
    await ctx.call("sns", "Unsubscribe", { SubscriptionArn: arn }, { region: Region ?? ctx.region });
  },

  read: async (_ctx, arn) => ({ Arn: arn }),
});

const setPolicy = (ctx: ProviderContext, topicArn: string, policy: object) =>
  setTopic(ctx, topicArn, "Policy", JSON.stringify(policy));

/** The topic has its owner's policy again, as if nobody had set one. */
const resetPolicy = (ctx: ProviderContext, topicArn: string) =>
  unless(setTopic(ctx, topicArn, "Policy", defaultPolicy(topicArn)), "NotFoundException");

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html */
const topicPolicy = defineProvider({
  type: "AWS::SNS::TopicPolicy",
  properties: { PolicyDocument: required(document()), Topics: required(list(text())), Id: readOnly() },
  attributes: ["Id"],
  name: { maxLength: 256 },

  find: async () => undefined,

  async create(ctx, properties, name) {
    for (const arn of properties.Topics) {
      await setPolicy(ctx, arn, properties.PolicyDocument);
      ctx.created(name);
    }
    return name;
  },

  async update(ctx, _id, before, after) {
    for (const arn of after.Topics) await setPolicy(ctx, arn, after.PolicyDocument);
    for (const arn of before.Topics) if (!after.Topics.includes(arn)) await resetPolicy(ctx, arn);
  },

  async remove(ctx, _id, { Topics }) {
    for (const arn of Topics) await resetPolicy(ctx, arn);
  },

  read: async (_ctx, id) => ({ Id: id }),
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicinlinepolicy.html */
const topicInlinePolicy = defineProvider({
  type: "AWS::SNS::TopicInlinePolicy",
  properties: { PolicyDocument: required(document()), TopicArn: replaces(required(text())) },
  attributes: [],

  find: async () => undefined,

  async create(ctx, { TopicArn, PolicyDocument }) {
    await setPolicy(ctx, TopicArn, PolicyDocument);
    ctx.created(TopicArn);
    return TopicArn;
  },

  async update(ctx, arn, _before, { PolicyDocument }) {
    await setPolicy(ctx, arn, PolicyDocument);
  },

  async remove(ctx, arn) {
    await resetPolicy(ctx, arn);
  },

  read: async () => ({}),
});

export const snsResources = [topic, subscription, topicPolicy, topicInlinePolicy];
