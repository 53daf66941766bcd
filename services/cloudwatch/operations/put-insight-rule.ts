import { MOST_INSIGHT_RULES } from "../../../emulator/runtime/contributions.ts";
import { invalidValue, tooManyInsightRules } from "../errors.ts";
import type { Operation } from "../index.ts";
import { parseLogRule } from "../insights/log-rule.ts";
import { withTags } from "../tags.ts";

/**
 * Creates or changes a rule of Contributor Insights over log events: those that come in from now on. What was counted by another
 * definition is forgotten.
 * @throws InvalidParameterValue, LimitExceededException
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutInsightRule.html
 */
export const putInsightRule: Operation<"PutInsightRule"> = (ctx, input) => {
  const { RuleName: name, RuleDefinition: definition, RuleState: state = "ENABLED" } = input;
  const { contributions, ownRules } = ctx.store;
  if (state !== "ENABLED" && state !== "DISABLED")
    throw invalidValue("The parameter RuleState must be ENABLED or DISABLED.");
  parseLogRule(definition);
  const known = ownRules.get(name);
  if (known === undefined) {
    const rules = contributions.rules();
    if (rules.some((rule) => rule.name === name))
      throw invalidValue(`The insight rule ${name} is managed by a service.`);
    if (rules.length >= MOST_INSIGHT_RULES) throw tooManyInsightRules(MOST_INSIGHT_RULES);
  } else if (known.definition !== definition) {
    ctx.engine.flush();
    contributions.forget(name);
  }
  const tags = known?.tags ?? withTags({}, input.Tags ?? []);
  ownRules.put({ name, definition, isEnabled: state === "ENABLED", tags });
  return {};
};
