import { checkActions } from "../alarms/configuration.ts";
import { childrenOf, MOST_CHILDREN, parseRule } from "../alarms/rule.ts";
import { viewCompositeAlarm } from "../alarms/views.ts";
import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import type { CompositeAlarm } from "../model.ts";
import { alarmArn } from "../names.ts";
import { tagMap } from "../tags.ts";

/**
 * Creates or changes an alarm whose state follows from the states of other alarms. It is evaluated at once, and whenever one of
 * them changes.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export const putCompositeAlarm: Operation<"PutCompositeAlarm"> = (ctx, input) => {
  const { alarms } = ctx.store;
  checkActions(input, ctx.region);
  const children = childrenOf(parseRule(input.AlarmRule));
  if (children.length > MOST_CHILDREN)
    throw validationError(`AlarmRule can look at ${MOST_CHILDREN} alarms at the most.`);
  const missing = children.filter((name) => name !== input.AlarmName && !alarms.get(name));
  if (missing.length > 0) {
    throw validationError(
      `Could not save the composite alarm as alarms [${missing.join(", ")}] in the alarm rule do not exist.`,
    );
  }
  const known = alarms.get(input.AlarmName);
  if (known?.type === "MetricAlarm") {
    throw validationError(`A metric alarm with the name ${input.AlarmName} exists already.`);
  }
  const now = ctx.clock.now();
  const alarm: CompositeAlarm = {
    type: "CompositeAlarm",
    name: input.AlarmName,
    arn: alarmArn(ctx, input.AlarmName),
    description: input.AlarmDescription,
    actionsEnabled: input.ActionsEnabled ?? true,
    okActions: input.OKActions ?? [],
    alarmActions: input.AlarmActions ?? [],
    insufficientDataActions: input.InsufficientDataActions ?? [],
    rule: input.AlarmRule,
    configuredAt: now,
    state: known?.state ?? {
      value: "INSUFFICIENT_DATA",
      reason: "Unchecked: Initial alarm creation",
      updatedAt: now,
      transitionedAt: now,
    },
    tags: known?.tags ?? tagMap(input.Tags),
  };
  alarms.put(alarm, known ? "Update" : "Create", viewCompositeAlarm(alarm));
  ctx.engine.runner.evaluateComposite(alarms, alarm, known ? "updated" : "created");
  return {};
};
