import type { Operation } from "../index.ts";
import { switchActions } from "../alarms/switch-actions.ts";

/**
 * Lets alarms do their actions again. Names that there are not are no error.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html
 */
export const enableAlarmActions: Operation<"EnableAlarmActions"> = (ctx, input) => {
  switchActions(ctx, input.AlarmNames, true);
  return {};
};
