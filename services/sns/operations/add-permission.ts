import { topicOf } from "../arn.ts";
import { invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { withPermission } from "../topic-policy.ts";

/**
 * Adds a statement to the policy of a topic.
 * @throws InvalidParameter, NotFound
 * @see https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html
 */
export const addPermission: Operation<"AddPermission"> = (ctx, input) => {
  const topic = ctx.store.topic(topicOf(ctx, input.TopicArn));
  const { Label: label, AWSAccountId: accounts, ActionName: actions } = input;
  if (accounts.length === 0 || !accounts.every((account) => /^\d{12}$/.test(account))) {
    throw invalidParameter("AWSAccountId");
  }
  if (actions.length === 0) throw invalidParameter("ActionName");
  const Policy = withPermission(topic.attributes.Policy ?? "", topic.arn, { label, accounts, actions });
  ctx.store.updateTopic(topic.arn, ({ attributes }) => ({ attributes: { ...attributes, Policy } }));
  return {};
};
