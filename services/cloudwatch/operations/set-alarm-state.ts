import { alarmNotFound, invalidFormat } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Gives an alarm a state until it is evaluated again, with all that follows from it.
 * @throws ResourceNotFound, InvalidFormat
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
 */
export const setAlarmState: Operation<"SetAlarmState"> = (ctx, input) => {
  const { AlarmName, StateValue, StateReason, StateReasonData } = input;
  const alarm = ctx.store.alarms.get(AlarmName);
  if (!alarm) throw alarmNotFound();
  if (StateReasonData !== undefined && !isJson(StateReasonData))
    throw invalidFormat("StateReasonData must be valid JSON.");
  ctx.engine.runner.setState(ctx.store.alarms, alarm, {
    value: StateValue,
    reason: StateReason,
    ...(StateReasonData !== undefined && { reasonData: StateReasonData }),
  });
  return {};
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
