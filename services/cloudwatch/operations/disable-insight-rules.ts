import type { Operation } from "../index.ts";
import { eachRule } from "../insights/each-rule.ts";

/**
 * Has rules of Contributor Insights look at no more log events; what they have counted stays. Those for which it cannot be done are named in the answer.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableInsightRules.html
 */
export const disableInsightRules: Operation<"DisableInsightRules"> = (ctx, input) =>
  eachRule(ctx, input.RuleNames, (rule) => ctx.store.ownRules.put({ ...rule, isEnabled: false }));
