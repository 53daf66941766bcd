import type { Operation } from "../index.ts";
import { eachRule } from "../insights/each-rule.ts";

/**
 * Has rules of Contributor Insights look at log events. Those for which it cannot be done are named in the answer.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableInsightRules.html
 */
export const enableInsightRules: Operation<"EnableInsightRules"> = (ctx, input) =>
  eachRule(ctx, input.RuleNames, (rule) => ctx.store.ownRules.put({ ...rule, isEnabled: true }));
