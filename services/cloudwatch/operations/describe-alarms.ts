import { childrenOf, parseRule } from "../alarms/rule.ts";
import type { AlarmStore } from "../alarms/store.ts";
import { viewCompositeAlarm, viewMetricAlarm } from "../alarms/views.ts";
import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import type { Alarm } from "../model.ts";
import { page } from "../page.ts";

const DEFAULT_RECORDS = 50;

/**
 * Describes alarms by name, beginning of the name, state, type, action, or place in a composite alarm, in pages. Composite alarms
 * are answered only when their type is asked for.
 * @throws InvalidNextToken
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export const describeAlarms: Operation<"DescribeAlarms"> = (ctx, input) => {
  const { AlarmNames: names, AlarmNamePrefix: prefix = "", ActionPrefix: action, StateValue: state } = input;
  if (names && input.AlarmNamePrefix !== undefined) {
    throw validationError("AlarmNamePrefix and AlarmNames are mutually exclusive and you have specified both.");
  }
  const types: readonly string[] = input.AlarmTypes ?? ["MetricAlarm"];
  const related = relatives(ctx.store.alarms, input);
  const found = ctx.store.alarms
    .all()
    .filter(
      (alarm) =>
        (related ? related.has(alarm.name) : types.includes(alarm.type)) &&
        (names === undefined || names.includes(alarm.name)) &&
        alarm.name.startsWith(prefix) &&
        (state === undefined || alarm.state.value === state) &&
        (action === undefined || actionsOf(alarm).some((arn) => arn.startsWith(action))),
    );
  const { items, NextToken } = page(found, ({ name }) => name, input.MaxRecords ?? DEFAULT_RECORDS, input.NextToken);
  return {
    CompositeAlarms: items.flatMap((alarm) => (alarm.type === "CompositeAlarm" ? [viewCompositeAlarm(alarm)] : [])),
    MetricAlarms: items.flatMap((alarm) => (alarm.type === "MetricAlarm" ? [viewMetricAlarm(alarm)] : [])),
    ...(NextToken !== undefined && { NextToken }),
  };
};

const actionsOf = ({ okActions, alarmActions, insufficientDataActions }: Alarm): string[] => [
  ...okActions,
  ...alarmActions,
  ...insufficientDataActions,
];

interface Family {
  readonly ChildrenOfAlarmName?: string | undefined;
  readonly ParentsOfAlarmName?: string | undefined;
}

function relatives(alarms: AlarmStore, { ChildrenOfAlarmName, ParentsOfAlarmName }: Family): Set<string> | undefined {
  if (ChildrenOfAlarmName !== undefined) {
    const parent = alarms.get(ChildrenOfAlarmName);
    return new Set(parent?.type === "CompositeAlarm" ? childrenOf(parseRule(parent.rule)) : []);
  }
  if (ParentsOfAlarmName === undefined) return undefined;
  return new Set(alarms.parentsOf(ParentsOfAlarmName).map(({ name }) => name));
}
