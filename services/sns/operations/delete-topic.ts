import { topicOf } from "../arn.ts";
import type { Operation } from "../index.ts";

/**
 * Deletes a topic and its subscriptions; that there is none is no error. What is on its way to them is dropped.
 * @throws InvalidParameter
 * @see https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html
 */
export const deleteTopic: Operation<"DeleteTopic"> = (ctx, input) => {
  ctx.store.removeTopic(topicOf(ctx, input.TopicArn));
  return {};
};
