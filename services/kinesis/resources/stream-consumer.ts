import { readOnly, replaces, required, tags, text } from "../../cloudformation/properties.ts";
import {
  defineProvider,
  type ProviderContext,
  tagChanges,
  tagMap,
  unless,
  type Tag,
} from "../../cloudformation/provider.ts";

/** While others are CREATING, five at once, it is asked again. */
const MOST_ATTEMPTS = 10;

const consumerOf = async (ctx: ProviderContext, choice: { ConsumerARN: string } | ConsumerName) =>
  (await unless(ctx.call("kinesis", "DescribeStreamConsumer", choice), "ResourceNotFoundException"))
    ?.ConsumerDescription;

interface ConsumerName {
  readonly StreamARN: string;
  readonly ConsumerName: string;
}

async function register(ctx: ProviderContext, consumer: ConsumerName, given: readonly Tag[] = []): Promise<string> {
  let arn = "";
  let attempts = 0;
  const input = { ...consumer, ...(given.length > 0 && { Tags: tagMap(given) }) };
  await ctx.waitUntil(`consumer ${consumer.ConsumerName} to be registered`, async () => {
    const registration = ctx.call("kinesis", "RegisterStreamConsumer", input);
    const answer = await (++attempts < MOST_ATTEMPTS ? unless(registration, "LimitExceededException") : registration);
    arn = answer?.Consumer?.ConsumerARN ?? "";
    return arn !== "";
  });
  return arn;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-streamconsumer.html */
export const streamConsumer = defineProvider({
  type: "AWS::Kinesis::StreamConsumer",
  properties: {
    ConsumerName: required(replaces(text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9_.-]+$/ }))),
    StreamARN: required(replaces(text({ min: 1, max: 2048, pattern: /^arn:aws.*:kinesis:.*:\d{12}:stream\/\S+$/ }))),
    Tags: tags(),
    ConsumerARN: readOnly(),
    ConsumerCreationTimestamp: readOnly(),
    ConsumerStatus: readOnly(),
  },
  attributes: ["ConsumerARN", "ConsumerCreationTimestamp", "ConsumerName", "ConsumerStatus", "StreamARN"],

  find: async (ctx, { ConsumerName, StreamARN }) =>
    (await consumerOf(ctx, { ConsumerName, StreamARN }))?.ConsumerARN ?? undefined,

  async create(ctx, { ConsumerName, StreamARN, Tags }) {
    const arn = await register(ctx, { ConsumerName, StreamARN }, Tags);
    ctx.created(arn);
    await ctx.waitUntil(`consumer ${ConsumerName} to become ACTIVE`, async () => {
      return (await consumerOf(ctx, { ConsumerARN: arn }))?.ConsumerStatus === "ACTIVE";
    });
    return arn;
  },

  async update(ctx, arn, before, after) {
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    if (removed.length > 0) await ctx.call("kinesis", "UntagResource", { ResourceARN: arn, TagKeys: removed });
    if (Object.keys(set).length > 0) await ctx.call("kinesis", "TagResource", { ResourceARN: arn, Tags: set });
  },

  async remove(ctx, arn) {
    await ctx.waitUntil(`consumer ${arn} to be gone`, async () => {
      const status = (await consumerOf(ctx, { ConsumerARN: arn }))?.ConsumerStatus;
      if (status === undefined) return true;
      if (status !== "DELETING") {
        await unless(
          ctx.call("kinesis", "DeregisterStreamConsumer", { ConsumerARN: arn }),
          "ResourceNotFoundException",
        );
      }
      return false;
    });
  },

  async read(ctx, arn) {
    const consumer = await consumerOf(ctx, { ConsumerARN: arn });
    return {
      ConsumerARN: arn,
      ConsumerCreationTimestamp: consumer?.ConsumerCreationTimestamp?.toISOString().replace(/\.\d+Z$/, "Z") ?? "",
      ConsumerName: consumer?.ConsumerName ?? "",
      ConsumerStatus: consumer?.ConsumerStatus ?? "",
      StreamARN: consumer?.StreamARN ?? "",
    };
  },
});
