import type { MessageState } from "./model.ts";
import type { Tables } from "./tables.ts";

/**
 * The message groups of one FIFO queue. A group gives out its first message only, and none while one of its messages is in
 * flight: the ready lane's index has the first message of each group that gives something out.
 */
export class FifoGroups {
  readonly #id: string;
  readonly #tables: Tables;

  constructor(queueId: string, tables: Tables) {
    this.#id = queueId;
    this.#tables = tables;
  }

  join(group: string, number: number): void {
    this.#tables.index.put([this.#id, "group", group, number], 1);
  }

  leave({ group = "", lane }: MessageState, number: number): void {
    this.#tables.index.remove([this.#id, "group", group, number]);
    if (lane === "flight") this.#count(group, -1);
  }

  moved(before: MessageState, after: MessageState): void {
    const change = Number(after.lane === "flight") - Number(before.lane === "flight");
    if (change !== 0) this.#count(after.group ?? "", change);
  }

  /** Numbers of the group's messages, in order. */
  *members(group: string): Generator<number> {
    const prefix = [this.#id, "group", group];
    for (const key of this.#tables.index.keys({ start: [...prefix, 0], end: [...prefix, Number.MAX_SAFE_INTEGER] })) {
      yield Number(key[3]);
    }
  }

  unlist(group: string): void {
    const state = this.#tables.groups.get([this.#id, group]);
    if (state?.listed === undefined) return;
    this.#tables.index.remove([this.#id, "ready", state.listed, state.listed]);
    this.#tables.groups.put([this.#id, group], { flight: state.flight });
  }

  /** Lists the group's first message, if it is ready and the group has none in flight. */
  list(group: string, isReady: (number: number) => boolean): void {
    this.unlist(group);
    const flight = this.#tables.groups.get([this.#id, group])?.flight ?? 0;
    if (flight > 0) return;
    const [first] = this.members(group);
    if (first === undefined) this.#tables.groups.remove([this.#id, group]);
    else if (isReady(first)) {
      this.#tables.index.put([this.#id, "ready", first, first], 1);
      this.#tables.groups.put([this.#id, group], { flight, listed: first });
    }
  }

  #count(group: string, change: number): void {
    const before = this.#tables.groups.get([this.#id, group]) ?? { flight: 0 };
    this.#tables.groups.put([this.#id, group], { ...before, flight: Math.max(0, before.flight + change) });
  }
}
