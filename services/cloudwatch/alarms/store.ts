import type { Host } from "../../../emulator/model/context.ts";
import type { KeyPart, Storage, Table } from "../../../emulator/storage/storage.ts";
import { scopesOf } from "../metric-store.ts";
import type { Alarm, AlarmState, HistoryItem, StateValue } from "../model.ts";
import type { Transition } from "./notification.ts";

/** History is kept for so long. */
const HISTORY_MS = 30 * 24 * 3_600_000;

/** An action that a change of state asked for and that is not done yet. */
export interface PendingAction {
  readonly action: string;
  readonly transition: Transition;
}

/** Alarms of one account and region, what became of them, and the actions that are still to be done. */
export class AlarmStore {
  readonly scope: { readonly account: string; readonly region: string };
  readonly #key: readonly [string, string];
  readonly #storage: Storage;
  readonly #clock: Host["clock"];
  readonly #ids: Host["ids"];
  readonly #alarms: Table<Alarm>;
  readonly #history: Table<HistoryItem>;
  readonly #actions: Table<PendingAction>;

  constructor(host: Pick<Host, "storage" | "clock" | "ids">, { account, region }: { account: string; region: string }) {
    this.scope = { account, region };
    this.#key = [account, region];
    this.#storage = host.storage;
    this.#clock = host.clock;
    this.#ids = host.ids;
    this.#alarms = host.storage.table("cloudwatch/alarms");
    this.#history = host.storage.table("cloudwatch/history");
    this.#actions = host.storage.table("cloudwatch/actions");
  }

  static scopes(host: Pick<Host, "storage">): { account: string; region: string }[] {
    return scopesOf(host.storage.table<Alarm>("cloudwatch/alarms"));
  }

  static pendingScopes(host: Pick<Host, "storage">): { account: string; region: string }[] {
    return scopesOf(host.storage.table<PendingAction>("cloudwatch/actions"));
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get([...this.#key, name]);
  }

  /** In the order of their names. */
  all(): Alarm[] {
    return [...this.#alarms.under(this.#key)].map(({ value }) => value);
  }

  /** Keeps a new or changed configuration. */
  put(alarm: Alarm, type: "Create" | "Update", view: object): void {
    const done = type === "Create" ? "created" : "updated";
    this.#storage.write(() => {
      this.#alarms.put([...this.#key, alarm.name], alarm);
      this.#note(alarm, "ConfigurationUpdate", `Alarm "${alarm.name}" ${done}`, {
        version: "1.0",
        type,
        [`${done}Alarm`]: view,
      });
    });
  }

  /** Changes what has no place in the history: tags. */
  change(name: string, change: (alarm: Alarm) => Alarm): void {
    const alarm = this.get(name);
    if (alarm) this.#alarms.put([...this.#key, name], change(alarm));
  }

  remove(alarms: readonly Alarm[], view: (alarm: Alarm) => object): void {
    this.#storage.write(() => {
      for (const alarm of alarms) {
        this.#alarms.remove([...this.#key, alarm.name]);
        this.#note(alarm, "ConfigurationUpdate", `Alarm "${alarm.name}" deleted`, {
          version: "1.0",
          type: "Delete",
          deletedAlarm: view(alarm),
        });
      }
    });
  }

  /** Gives an alarm its new state, notes it, and keeps the actions that it asks for. */
  transition(alarm: Alarm, next: AlarmState, children?: Transition["children"]): Alarm {
    const changed: Alarm = { ...alarm, state: next };
    const isNew = alarm.state.value !== next.value;
    const actions = isNew && alarm.actionsEnabled ? actionsOf(alarm, next.value) : [];
    this.#storage.write(() => {
      this.#alarms.put([...this.#key, alarm.name], changed);
      if (!isNew) return;
      this.#note(alarm, "StateUpdate", `Alarm updated from ${alarm.state.value} to ${next.value}`, {
        version: "1.0",
        oldState: historyState(alarm.state),
        newState: historyState(next),
      });
      for (const action of actions) {
        const transition = { ...this.scope, alarm: changed, before: alarm.state, ...(children && { children }) };
        this.#actions.put([...this.#key, this.#clock.now(), this.#ids.uuid()], { action, transition });
      }
    });
    return changed;
  }

  /** The oldest action that is still to be done. */
  nextAction(): (PendingAction & { readonly key: readonly KeyPart[] }) | undefined {
    for (const { key, value } of this.#actions.under(this.#key, { limit: 1 })) return { ...value, key };
    return undefined;
  }

  /** Notes how an action went, and forgets it. */
  actionDone(
    { action, transition: { alarm }, key }: PendingAction & { readonly key: readonly KeyPart[] },
    message: string,
    error: string | undefined,
  ): void {
    const outcome =
      error === undefined
        ? `Successfully executed action ${action}`
        : `Failed to execute action ${action}. Received error: "${error}"`;
    this.#storage.write(() => {
      this.#actions.remove(key);
      this.#note(alarm, "Action", outcome, {
        actionState: error === undefined ? "Succeeded" : "Failed",
        stateUpdateTimestamp: alarm.state.updatedAt,
        notificationResource: action,
        publishedMessage: message,
        error: error ?? null,
      });
    });
  }

  /** In order of time; of the last 30 days. */
  history(): HistoryItem[] {
    const start = [...this.#key, this.#clock.now() - HISTORY_MS];
    return [...this.#history.range({ start, end: [...this.#key, Number.MAX_SAFE_INTEGER] })].map(({ value }) => value);
  }

  sweepHistory(): void {
    const end = [...this.#key, this.#clock.now() - HISTORY_MS];
    for (const key of [...this.#history.keys({ start: this.#key, end })]) this.#history.remove(key);
  }

  #note(alarm: Alarm, type: HistoryItem["type"], summary: string, data: object): void {
    const at = this.#clock.now();
    const number = [...this.#history.keys({ start: [...this.#key, at], end: [...this.#key, at + 1] })].length;
    this.#history.put([...this.#key, at, number], {
      alarmName: alarm.name,
      alarmType: alarm.type,
      at,
      type,
      summary,
      data: JSON.stringify(data),
    });
  }
}

function actionsOf(alarm: Alarm, state: StateValue): readonly string[] {
  if (state === "ALARM") return alarm.alarmActions;
  return state === "OK" ? alarm.okActions : alarm.insufficientDataActions;
}

const historyState = ({ value, reason, reasonData }: AlarmState) => ({
  stateValue: value,
  stateReason: reason,
  ...(reasonData !== undefined && { stateReasonData: JSON.parse(reasonData) as unknown }),
});
