import type { Operation } from "../index.ts";
import { switchActions } from "../alarms/switch-actions.ts";

/**
 * Keeps alarms from doing their actions; their states still change. Names that there are not are no error.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableAlarmActions.html
 */
export const disableAlarmActions: Operation<"DisableAlarmActions"> = (ctx, input) => {
  switchActions(ctx, input.AlarmNames, false);
  return {};
};
