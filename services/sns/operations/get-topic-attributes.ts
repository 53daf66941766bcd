import { topicOf } from "../arn.ts";
import type { Operation } from "../index.ts";
import { describeTopic } from "../topic-attributes.ts";

/**
 * Answers the attributes of a topic, those that were set and those that follow.
 * @throws InvalidParameter, NotFound
 * @see https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
 */
export const getTopicAttributes: Operation<"GetTopicAttributes"> = (ctx, input) => {
  const topic = ctx.store.topic(topicOf(ctx, input.TopicArn));
  return { Attributes: describeTopic(topic, ctx.store.subscriptionsOf(topic.arn)) };
};
