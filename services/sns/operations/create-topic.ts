import { unsupported } from "../../../emulator/model/errors.ts";
import { topicArn } from "../arn.ts";
import { invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { mergeTags } from "../tags.ts";
import { readTopicAttribute } from "../topic-attributes.ts";
import { defaultPolicy } from "../topic-policy.ts";

const NAME = /^[A-Za-z0-9_-]{1,256}$/;
const FIFO_NAME = /^[A-Za-z0-9_-]{1,251}\.fifo$/;
const REASON = "Attributes Reason: ";

/**
 * Creates a topic, or answers the one that is there with these attributes and tags.
 * @throws InvalidParameter, TagLimitExceeded
 * @see https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
 */
export const createTopic: Operation<"CreateTopic"> = (ctx, input) => {
  if (input.DataProtectionPolicy !== undefined) throw unsupported("DataProtectionPolicy of a topic");
  const { FifoTopic = "false", ...given } = input.Attributes ?? {};
  const fifo = FifoTopic.toLowerCase();
  if (fifo !== "true" && fifo !== "false") throw invalidParameter(`${REASON}FifoTopic`);
  if (!(fifo === "true" ? FIFO_NAME : NAME).test(input.Name)) throw invalidParameter("Topic Name");
  const arn = topicArn({ account: ctx.account, region: ctx.region, name: input.Name });
  const attributes = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, readTopicAttribute(arn, name, value, REASON)]),
  );
  const tags = mergeTags([], input.Tags ?? []);
  const existing = ctx.store.findTopic(arn);
  if (existing) {
    const differs = Object.entries(attributes).some(([name, value]) => (existing.attributes[name] ?? "") !== value);
    if (differs) throw invalidParameter(`${REASON}Topic already exists with different attributes`);
    const has = ({ Key, Value }: { Key: string; Value: string }) =>
      existing.tags.some((tag) => tag.Key === Key && tag.Value === Value);
    if (!tags.every(has)) throw invalidParameter("Tags Reason: Topic already exists with different tags");
    return { TopicArn: arn };
  }
  ctx.store.putTopic({
    arn,
    createdAt: ctx.clock.now(),
    attributes: { Policy: defaultPolicy(arn), ...attributes },
    tags,
    sequence: 0,
    unsubscribed: 0,
  });
  return { TopicArn: arn };
};
