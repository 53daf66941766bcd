import type { Host } from "../../../emulator/model/context.ts";
import type { KeyPart, Storage, Table } from "../../../emulator/storage/storage.ts";
import { scopesOf } from "../metric-store.ts";
import type { Alarm, AlarmState, CompositeAlarm, HistoryItem, StateValue } from "../model.ts";
import type { Transition } from "./notification.ts";
import { childrenOf, parseRule } from "./rule.ts";

/** History is kept for so long. */
const HISTORY_MS = 30 * 24 * 3_600_000;

/** An action that a change of state asked for and that is not done yet. */
export interface PendingAction {
  readonly action: string;
  readonly transition: Transition;
}

/** Where an item stands in the history. */
export interface HistoryPlace {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Counts the items of one millisecond. */
  readonly number: number;
}

export interface HistoryRange {
  /** Epoch milliseconds, inclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly newestFirst: boolean;
  /** Only what comes after this place, in the order that is asked for. */
  readonly beyond?: HistoryPlace | undefined;
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
  /** Which composite alarms look at an alarm: its name and theirs. A change of state asks for it. */
  readonly #parents: Table<true>;

  constructor(host: Pick<Host, "storage" | "clock" | "ids">, { account, region }: { account: string; region: string }) {
    this.scope = { account, region };
    this.#key = [account, region];
    this.#storage = host.storage;
    this.#clock = host.clock;
    this.#ids = host.ids;
    this.#alarms = host.storage.table("cloudwatch/alarms");
    this.#history = host.storage.table("cloudwatch/history");
    this.#actions = host.storage.table("cloudwatch/actions");
    this.#parents = host.storage.table("cloudwatch/parents");
  }

  static scopes(host: Pick<Host, "storage">): { account: string; region: string }[] {
    return scopesOf(host.storage.table<Alarm>("cloudwatch/alarms"));
  }

  static pendingScopes(host: Pick<Host, "storage">): { account: string; region: string }[] {
    return scopesOf(host.storage.table<PendingAction>("cloudwatch/actions"));
  }

  static historyScopes(host: Pick<Host, "storage">): { account: string; region: string }[] {
    return scopesOf(host.storage.table<HistoryItem>("cloudwatch/history"));
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
      this.#unlink(this.get(alarm.name));
      this.#alarms.put([...this.#key, alarm.name], alarm);
      for (const child of children(alarm)) this.#parents.put([...this.#key, child, alarm.name], true);
      this.#note(alarm, "ConfigurationUpdate", `Alarm "${alarm.name}" ${done}`, {
        version: "1.0",
        type,
        [`${done}Alarm`]: view,
      });
    });
  }

  /** The composite alarms that look at an alarm. */
  parentsOf(name: string): CompositeAlarm[] {
    return [...this.#parents.under([...this.#key, name])].flatMap(({ key }) => {
      const parent = this.get(String(key[3]));
      return parent?.type === "CompositeAlarm" ? [parent] : [];
    });
  }

  #unlink(alarm: Alarm | undefined): void {
    if (!alarm) return;
    for (const child of children(alarm)) this.#parents.remove([...this.#key, child, alarm.name]);
  }

  /** Changes what has no place in the history: tags. */
  change(name: string, change: (alarm: Alarm) => Alarm): void {
    const alarm = this.get(name);
    if (alarm) this.#alarms.put([...this.#key, name], change(alarm));
  }

  remove(alarms: readonly Alarm[], view: (alarm: Alarm) => object): void {
    this.#storage.write(() => {
      for (const alarm of alarms) {
        this.#unlink(alarm);
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

  /** Reads lazily what became of alarms in the last 30 days. */
  *history({ from = 0, to, newestFirst, beyond }: HistoryRange): Generator<HistoryItem & HistoryPlace> {
    const place = beyond && [...this.#key, beyond.at, beyond.number];
    const oldest = [...this.#key, Math.max(from, this.#clock.now() - HISTORY_MS)];
    const newest = [...this.#key, to === undefined ? Number.MAX_SAFE_INTEGER : to + 1];
    const range = newestFirst
      ? { start: oldest, end: place ?? newest, reverse: true }
      : { start: place ?? oldest, end: newest, exclusiveStart: place !== undefined };
    for (const { key, value } of this.#history.range(range)) yield { ...value, number: Number(key[3]) };
  }

  sweepHistory(): void {
    const end = [...this.#key, this.#clock.now() - HISTORY_MS];
    this.#storage.write(() => {
      for (const key of [...this.#history.keys({ start: this.#key, end })]) this.#history.remove(key);
    });
  }

  #note(alarm: Alarm, type: HistoryItem["type"], summary: string, data: object): void {
    const at = this.#clock.now();
    const now = { start: [...this.#key, at], end: [...this.#key, at + 1], reverse: true, limit: 1 };
    const last = [...this.#history.keys(now)][0];
    const number = last ? Number(last[3]) + 1 : 0;
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

const children = (alarm: Alarm): string[] => (alarm.type === "CompositeAlarm" ? childrenOf(parseRule(alarm.rule)) : []);

function actionsOf(alarm: Alarm, state: StateValue): readonly string[] {
  if (state === "ALARM") return alarm.alarmActions;
  return state === "OK" ? alarm.okActions : alarm.insufficientDataActions;
}

const historyState = ({ value, reason, reasonData }: AlarmState) => ({
  stateValue: value,
  stateReason: reason,
  ...(reasonData !== undefined && { stateReasonData: JSON.parse(reasonData) as unknown }),
});
