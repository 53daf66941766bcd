import type { Operation } from "../index.ts";
import { eachRule } from "../insights/each-rule.ts";

/**
 * Deletes rules of Contributor Insights with all that they have counted. Those that cannot be deleted are named in the answer.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteInsightRules.html
 */
export const deleteInsightRules: Operation<"DeleteInsightRules"> = (ctx, input) => {
  ctx.engine.flush();
  return eachRule(ctx, input.RuleNames, ({ name }) => {
    ctx.store.ownRules.remove(name);
    ctx.store.contributions.forget(name);
  });
};
