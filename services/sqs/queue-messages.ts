import type { Ids } from "../../emulator/runtime/ids.ts";
import { FifoGroups } from "./fifo-groups.ts";
import { isFifo, milliseconds } from "./model.ts";
import type { Content, Counters, Lane, MessageState, Queue, Received } from "./model.ts";
import type { Tables } from "./tables.ts";

const LANES: readonly Lane[] = ["ready", "flight", "delay"];
const EMPTY: Counters = { next: 0, ready: 0, flight: 0, delay: 0 };
const FIRST_SEQUENCE_NUMBER = 18_850_000_000_000_000_000n;

/** What is added to a queue; a message that comes from another queue brings what it went through. */
export interface Arrival {
  readonly content: Omit<Content, "sequenceNumber">;
  readonly sentAt: number;
  readonly receives: number;
  readonly firstReceivedAt?: number;
  readonly delayMs: number;
}

/**
 * The messages of one queue, within one transaction. A message has a number, in the order of arrival; the index has it in
 * order of time under its lane and under its age.
 */
export class QueueMessages {
  readonly queue: Queue;
  readonly #tables: Tables;
  readonly #ids: Ids;
  readonly #now: number;
  readonly #groups: FifoGroups | undefined;
  readonly #before: Counters;
  readonly #counters: { -readonly [K in keyof Counters]: Counters[K] };

  constructor(queue: Queue, tables: Tables, ids: Ids, now: number) {
    this.queue = queue;
    this.#tables = tables;
    this.#ids = ids;
    this.#now = now;
    this.#before = tables.counters.get([queue.id]) ?? EMPTY;
    this.#counters = { ...this.#before };
    this.#groups = isFifo(queue) ? new FifoGroups(queue.id, tables) : undefined;
  }

  get counters(): Counters {
    return this.#counters;
  }

  save(): void {
    const { next, ready, flight, delay } = this.#before;
    const now = this.#counters;
    if (next === now.next && ready === now.ready && flight === now.flight && delay === now.delay) return;
    this.#tables.counters.put([this.queue.id], { ...this.#counters });
  }

  /** Applies what time has done: messages that are too old go, delays and visibility timeouts end. */
  settle(): void {
    const oldest = this.#now - milliseconds(this.queue, "MessageRetentionPeriod");
    for (const [, , , number] of this.#until("age", oldest)) this.remove(Number(number));
    for (const lane of ["delay", "flight"] as const) {
      for (const [, , at, number] of this.#until(lane, this.#now)) this.#enter(Number(number), "ready", Number(at));
    }
  }

  /** When the next delay or visibility timeout ends, in epoch milliseconds. */
  nextDueAt(): number | undefined {
    const dues = (["delay", "flight"] as const).map((lane) => this.#first(lane)?.at).filter((at) => at !== undefined);
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  /** When the oldest message was sent, in epoch milliseconds. */
  oldestSentAt(): number | undefined {
    return this.#first("age")?.at;
  }

  /** @returns the sequence number that a FIFO queue gives it */
  add({ content, sentAt, receives, firstReceivedAt, delayMs }: Arrival): string | undefined {
    const number = this.#counters.next++;
    const sequenceNumber = this.#groups && String(FIRST_SEQUENCE_NUMBER + BigInt(number) * 256n);
    const lane = delayMs > 0 ? "delay" : "ready";
    const state: MessageState = {
      lane,
      at: this.#now + delayMs,
      sentAt,
      receives,
      receivesHere: 0,
      ...(firstReceivedAt !== undefined && { firstReceivedAt }),
      ...(this.#groups && { group: content.groupId ?? "" }),
    };
    const key = [this.queue.id, number];
    this.#tables.contents.put(key, { ...content, ...(sequenceNumber !== undefined && { sequenceNumber }) });
    this.#tables.index.put([this.queue.id, "age", sentAt, number], 1);
    this.#groups?.join(state.group ?? "", number);
    this.#put(number, state);
    this.#counters[lane]++;
    return sequenceNumber;
  }

  /** The number of the message that is to be received next. */
  firstReady(): number | undefined {
    return this.#first("ready")?.number;
  }

  /**
   * The messages that are to be received together with `number`: in a FIFO queue those that follow it in its group, as far
   * as they are ready.
   */
  together(number: number, limit: number): number[] {
    const { group } = this.state(number) ?? {};
    if (!this.#groups || group === undefined) return [number];
    const numbers: number[] = [];
    for (const member of this.#groups.members(group)) {
      if (numbers.length === limit || this.state(member)?.lane !== "ready") break;
      numbers.push(member);
    }
    return numbers;
  }

  take(number: number, visibilityMs: number): Received | undefined {
    const before = this.state(number);
    const content = this.content(number);
    if (!before || !content) return undefined;
    const state: MessageState = {
      ...before,
      receives: before.receives + 1,
      receivesHere: before.receivesHere + 1,
      firstReceivedAt: before.firstReceivedAt ?? this.#now,
      receivedAt: this.#now,
      receipt: this.#ids.hex(16),
    };
    return { number, content, state: this.#enter(number, "flight", this.#now + visibilityMs, state) };
  }

  /** Sets when the visibility timeout of a message in flight ends; at once: it is ready again. */
  hold(number: number, visibilityMs: number): MessageState {
    return this.#enter(number, visibilityMs === 0 ? "ready" : "flight", this.#now + visibilityMs);
  }

  state(number: number): MessageState | undefined {
    return this.#tables.states.get([this.queue.id, number]);
  }

  content(number: number): Content | undefined {
    return this.#tables.contents.get([this.queue.id, number]);
  }

  remove(number: number): void {
    const state = this.state(number);
    if (!state) return;
    const { id } = this.queue;
    this.#unlist(number, state);
    this.#tables.index.remove([id, "age", state.sentAt, number]);
    this.#tables.states.remove([id, number]);
    this.#tables.contents.remove([id, number]);
    this.#counters[state.lane]--;
    this.#groups?.leave(state, number);
    this.#list(state.group);
  }

  /** Removes every message. What FIFO queues remember of duplicates stays. */
  clear(): void {
    const { id } = this.queue;
    for (const table of [this.#tables.states, this.#tables.contents, this.#tables.groups, this.#tables.attempts]) {
      table.clear([id]);
    }
    for (const part of [...LANES, "age", "group", "attempt"]) this.#tables.index.clear([id, part]);
    for (const lane of LANES) this.#counters[lane] = 0;
  }

  #enter(number: number, lane: Lane, at: number, state = this.state(number)): MessageState {
    if (!state) throw new Error(`message ${number} of ${this.queue.name} is not there`);
    const entered = { ...state, lane, at };
    const before = this.state(number) ?? state;
    this.#unlist(number, before);
    this.#counters[before.lane]--;
    this.#counters[lane]++;
    this.#groups?.moved(before, entered);
    this.#put(number, entered);
    return entered;
  }

  #put(number: number, state: MessageState): void {
    this.#tables.states.put([this.queue.id, number], state);
    if (!this.#groups || state.lane !== "ready") {
      this.#tables.index.put([this.queue.id, state.lane, state.at, number], 1);
    }
    this.#list(state.group);
  }

  /** Takes a message out of its lane's index. Of a FIFO group, only the first message stands in the ready lane's. */
  #unlist(number: number, { lane, at, group }: MessageState): void {
    if (this.#groups && lane === "ready") this.#groups.unlist(group ?? "");
    else this.#tables.index.remove([this.queue.id, lane, at, number]);
  }

  #list(group: string | undefined): void {
    if (group !== undefined) this.#groups?.list(group, (number) => this.state(number)?.lane === "ready");
  }

  #first(part: Lane | "age"): { at: number; number: number } | undefined {
    const { id } = this.queue;
    const range = { start: [id, part, 0], end: [id, part, Number.MAX_SAFE_INTEGER], limit: 1 };
    for (const [, , at, number] of this.#tables.index.keys(range)) {
      return { at: Number(at), number: Number(number) };
    }
    return undefined;
  }

  #until(part: Lane | "age", at: number) {
    return [...this.#tables.index.keys({ start: [this.queue.id, part, 0], end: [this.queue.id, part, at + 1] })];
  }
}
