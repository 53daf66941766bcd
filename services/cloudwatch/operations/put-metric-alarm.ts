import { readMetricAlarm } from "../alarms/configuration.ts";
import { viewMetricAlarm } from "../alarms/views.ts";
import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import type { MetricAlarm } from "../model.ts";
import { alarmArn } from "../names.ts";
import { tagMap } from "../tags.ts";

/**
 * Creates an alarm on a metric or on a math expression, or changes its settings; its state stays as it is. Tags are taken when it
 * is created.
 * @throws ValidationError
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const putMetricAlarm: Operation<"PutMetricAlarm"> = (ctx, input) => {
  const { alarms } = ctx.store;
  const settings = readMetricAlarm(input, ctx.region);
  const now = ctx.clock.now();
  const known = alarms.get(input.AlarmName);
  if (known?.type === "CompositeAlarm") {
    throw validationError(`A composite alarm with the name ${input.AlarmName} exists already.`);
  }
  const alarm: MetricAlarm = {
    ...settings,
    type: "MetricAlarm",
    name: input.AlarmName,
    arn: alarmArn(ctx, input.AlarmName),
    configuredAt: now,
    state: known?.state ?? {
      value: "INSUFFICIENT_DATA",
      reason: "Unchecked: Initial alarm creation",
      updatedAt: now,
      transitionedAt: now,
    },
    tags: known?.tags ?? tagMap(input.Tags),
  };
  alarms.put(alarm, known ? "Update" : "Create", viewMetricAlarm(alarm));
  ctx.engine.watch(alarm);
  return {};
};
