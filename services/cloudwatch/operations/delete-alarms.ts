import { viewCompositeAlarm, viewMetricAlarm } from "../alarms/views.ts";
import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Deletes alarms; names that there are not are no error. An alarm that a remaining composite alarm looks at stays, and all others
 * with it.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
 */
export const deleteAlarms: Operation<"DeleteAlarms"> = (ctx, input) => {
  const { alarms } = ctx.store;
  const found = [...new Set(input.AlarmNames)].flatMap((name) => alarms.get(name) ?? []);
  for (const { name } of found) {
    const parents = alarms.parentsOf(name).filter((parent) => !input.AlarmNames.includes(parent.name));
    if (parents.length > 0) {
      throw validationError(`Cannot delete ${name} as there are composite alarm(s) depending on it.`);
    }
  }
  alarms.remove(found, (alarm) => (alarm.type === "MetricAlarm" ? viewMetricAlarm(alarm) : viewCompositeAlarm(alarm)));
  return {};
};
