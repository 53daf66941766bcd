import { topicOf } from "../arn.ts";
import { invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { readTopicAttribute } from "../topic-attributes.ts";

/**
 * Sets one attribute of a topic. Whether it is FIFO cannot change.
 * @throws InvalidParameter, NotFound
 * @see https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
 */
export const setTopicAttributes: Operation<"SetTopicAttributes"> = (ctx, input) => {
  const topic = ctx.store.topic(topicOf(ctx, input.TopicArn));
  const { AttributeName: name, AttributeValue: given = "" } = input;
  if (name === "FifoTopic") throw invalidParameter("AttributeName");
  const value = readTopicAttribute(topic.arn, name, given);
  ctx.store.updateTopic(topic.arn, ({ attributes }) => ({ attributes: { ...attributes, [name]: value } }));
  return {};
};
