import { topicOf } from "../arn.ts";
import type { Operation } from "../index.ts";
import { withoutPermission } from "../topic-policy.ts";

/**
 * Removes a statement from the policy of a topic; that there is none is no error.
 * @throws InvalidParameter, NotFound
 * @see https://docs.aws.amazon.com/sns/latest/api/API_RemovePermission.html
 */
export const removePermission: Operation<"RemovePermission"> = (ctx, input) => {
  const topic = ctx.store.topic(topicOf(ctx, input.TopicArn));
  const Policy = withoutPermission(topic.attributes.Policy ?? "", input.Label);
  ctx.store.updateTopic(topic.arn, ({ attributes }) => ({ attributes: { ...attributes, Policy } }));
  return {};
};
