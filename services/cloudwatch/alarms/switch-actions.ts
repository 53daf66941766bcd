import type { Context } from "../../../emulator/model/context.ts";
import type { CloudWatchState } from "../index.ts";
import { viewCompositeAlarm, viewMetricAlarm } from "./views.ts";

/** Enables or disables the actions of alarms; it is a change of their configuration. */
export function switchActions(ctx: Context<CloudWatchState>, names: readonly string[], actionsEnabled: boolean): void {
  for (const name of new Set(names)) {
    const alarm = ctx.store.alarms.get(name);
    if (!alarm || alarm.actionsEnabled === actionsEnabled) continue;
    const changed = { ...alarm, actionsEnabled, configuredAt: ctx.clock.now() };
    const view = changed.type === "MetricAlarm" ? viewMetricAlarm(changed) : viewCompositeAlarm(changed);
    ctx.store.alarms.put(changed, "Update", view);
  }
}
