import {
  choice,
  document,
  flag,
  integer,
  list,
  readOnly,
  replaces,
  required,
  tags,
  text,
} from "../cloudformation/properties.ts";
import type { Values } from "../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, tagChanges, tagMap, unless } from "../cloudformation/provider.ts";

const FIFO_SUFFIX = ".fifo";

const queueProperties = {
  QueueName: replaces(text({ min: 1, max: 80 })),
  FifoQueue: replaces(flag()),
  ContentBasedDeduplication: flag(),
  DeduplicationScope: choice("messageGroup", "queue"),
  DelaySeconds: integer({ min: 0, max: 900 }),
  FifoThroughputLimit: choice("perQueue", "perMessageGroupId"),
  KmsDataKeyReusePeriodSeconds: integer({ min: 60, max: 86_400 }),
  KmsMasterKeyId: text(),
  MaximumMessageSize: integer({ min: 1_024, max: 1_048_576 }),
  MessageRetentionPeriod: integer({ min: 60, max: 1_209_600 }),
  ReceiveMessageWaitTimeSeconds: integer({ min: 0, max: 20 }),
  RedriveAllowPolicy: document(),
  RedrivePolicy: document(),
  SqsManagedSseEnabled: flag(),
  Tags: tags(),
  VisibilityTimeout: integer({ min: 0, max: 43_200 }),
  Arn: readOnly(),
  QueueUrl: readOnly(),
} as const;

type QueueValues = Values<typeof queueProperties>;

/** What a template gives, as SQS takes it. */
function givenAttributes(given: QueueValues): Record<string, string> {
  const { QueueName: _name, Tags: _tags, FifoQueue, ...rest } = given;
  const attributes: Record<string, string> = FifoQueue ? { FifoQueue: "true" } : {};
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) attributes[name] = typeof value === "object" ? JSON.stringify(value) : String(value);
  }
  return attributes;
}

/** SQS's defaults: that is how an attribute is taken back. */
const DEFAULTS: Readonly<Record<string, string>> = {
  DelaySeconds: "0",
  KmsMasterKeyId: "",
  MaximumMessageSize: "1048576",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  RedriveAllowPolicy: "",
  RedrivePolicy: "",
  VisibilityTimeout: "30",
};
const FIFO_DEFAULTS: Readonly<Record<string, string>> = {
  ContentBasedDeduplication: "false",
  DeduplicationScope: "queue",
  FifoThroughputLimit: "perQueue",
};

/** The name that CloudFormation makes up does not know of the suffix. */
const nameOf = ({ QueueName, FifoQueue }: QueueValues, name: string): string =>
  QueueName === undefined && FifoQueue ? name + FIFO_SUFFIX : name;

const findUrl = async (ctx: ProviderContext, QueueName: string) =>
  (await unless(ctx.call("sqs", "GetQueueUrl", { QueueName }), "QueueDoesNotExist"))?.QueueUrl;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html */
export const queue = defineProvider({
  type: "AWS::SQS::Queue",
  properties: queueProperties,
  attributes: ["Arn", "QueueName", "QueueUrl"],
  name: { property: "QueueName", maxLength: 80 - FIFO_SUFFIX.length },

  find: (ctx, given, name) => findUrl(ctx, nameOf(given, name)),

  async create(ctx, given, name) {
    const input = {
      QueueName: nameOf(given, name),
      Attributes: givenAttributes(given),
      ...(given.Tags?.length && { tags: tagMap(given.Tags) }),
    };
    let url = "";
    await ctx.waitUntil(`the name of queue ${input.QueueName} to be free`, async () => {
      const created = await unless(ctx.call("sqs", "CreateQueue", input), "QueueDeletedRecently");
      url = created?.QueueUrl ?? "";
      return created !== undefined;
    });
    ctx.created(url);
    return url;
  },

  async update(ctx, QueueUrl, before, after) {
    const defaults = { ...DEFAULTS, ...(after.FifoQueue && FIFO_DEFAULTS) };
    const old = { ...defaults, ...givenAttributes(before) };
    const next = { ...defaults, ...givenAttributes(after) };
    const changed = Object.entries(next).filter(([name, value]) => old[name as keyof typeof old] !== value);
    const isReset = before.SqsManagedSseEnabled !== undefined && after.SqsManagedSseEnabled === undefined;
    const Attributes = {
      ...Object.fromEntries(changed),
      ...(isReset && !after.KmsMasterKeyId && { SqsManagedSseEnabled: "true" }),
    };
    if (Object.keys(Attributes).length > 0) await ctx.call("sqs", "SetQueueAttributes", { QueueUrl, Attributes });
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    if (removed.length > 0) await ctx.call("sqs", "UntagQueue", { QueueUrl, TagKeys: removed });
    if (Object.keys(set).length > 0) await ctx.call("sqs", "TagQueue", { QueueUrl, Tags: set });
  },

  async remove(ctx, QueueUrl) {
    await unless(ctx.call("sqs", "DeleteQueue", { QueueUrl }), "QueueDoesNotExist");
  },

  async read(ctx, QueueUrl) {
    const { Attributes } = await ctx.call("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames: ["QueueArn"] });
    const Arn = Attributes?.QueueArn ?? "";
    return { Arn, QueueName: Arn.split(":").at(-1) ?? "", QueueUrl };
  },
});

const setPolicy = (ctx: ProviderContext, QueueUrl: string, policy: object) =>
  ctx.call("sqs", "SetQueueAttributes", { QueueUrl, Attributes: { Policy: JSON.stringify(policy) } });

const removePolicy = (ctx: ProviderContext, QueueUrl: string) =>
  unless(ctx.call("sqs", "SetQueueAttributes", { QueueUrl, Attributes: { Policy: "" } }), "QueueDoesNotExist");

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html */
export const queuePolicy = defineProvider({
  type: "AWS::SQS::QueuePolicy",
  properties: {
    Queues: required(list(text())),
    PolicyDocument: required(document()),
    Id: readOnly(),
  },
  attributes: ["Id"],
  name: { maxLength: 100 },

  find: () => Promise.resolve(undefined),

  async create(ctx, { Queues, PolicyDocument }, id) {
    ctx.created(id);
    for (const url of Queues) await setPolicy(ctx, url, PolicyDocument);
    return id;
  },

  async update(ctx, _id, before, { Queues, PolicyDocument }) {
    for (const url of before.Queues) if (!Queues.includes(url)) await removePolicy(ctx, url);
    for (const url of Queues) await setPolicy(ctx, url, PolicyDocument);
  },

  async remove(ctx, _id, { Queues }) {
    for (const url of Queues) await removePolicy(ctx, url);
  },

  read: (_ctx, id) => Promise.resolve({ Id: id }),
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queueinlinepolicy.html */
export const queueInlinePolicy = defineProvider({
  type: "AWS::SQS::QueueInlinePolicy",
  properties: {
    Queue: required(replaces(text())),
    PolicyDocument: required(document()),
  },
  attributes: [],

  async find(ctx, { Queue: QueueUrl }) {
    const { Attributes } = await ctx.call("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames: ["Policy"] });
    return Attributes?.Policy === undefined ? undefined : QueueUrl;
  },

  async create(ctx, { Queue, PolicyDocument }) {
    ctx.created(Queue);
    await setPolicy(ctx, Queue, PolicyDocument);
    return Queue;
  },

  async update(ctx, url, _before, { PolicyDocument }) {
    await setPolicy(ctx, url, PolicyDocument);
  },

  async remove(ctx, url) {
    await removePolicy(ctx, url);
  },

  read: () => Promise.resolve({}),
});

export const sqsResources = [queue, queuePolicy, queueInlinePolicy];
