import type { Answer } from "./attempt-rules.ts";
import { Violation } from "./violation.ts";

/** What a window keeps at most, as JSON. */
export const MOST_STATE_BYTES = 1024 * 1024;

/** What an event of a tumbling window has beside its records. */
export interface WindowMembers {
  readonly shardId: string;
  readonly window: { readonly start: string; readonly end: string };
  readonly state: unknown;
  readonly isFinalInvokeForWindow: boolean;
  readonly isWindowTerminatedEarly: boolean;
}

interface Open {
  readonly startMs: number;
  readonly endMs: number;
  readonly state: unknown;
  /** Something was handed on in it: its end must come. Without, it may be forgotten by a restart. */
  readonly hasSucceeded: boolean;
}

/**
 * The tumbling windows of one shard.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
export class WindowModel {
  #sizeMs: number;
  #open: Open | undefined;
  /** What is kept with the checkpoint. */
  #kept: Open | undefined;
  #isEnding = false;

  /** @param seconds 0: there are none */
  constructor(seconds: number) {
    this.#sizeMs = seconds * 1000;
  }

  get isUsed(): boolean {
    return this.#sizeMs > 0;
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Whether something is left to be ended. */
  get isOpen(): boolean {
    return this.#open?.hasSucceeded === true;
  }

  startOf(arrivedAt: number): number {
    return Math.floor(arrivedAt / this.#sizeMs) * this.#sizeMs;
  }

  endOf(arrivedAt: number): number {
    return this.startOf(arrivedAt) + this.#sizeMs;
  }

  /** A batch of records that arrived at these times. */
  invoked(members: WindowMembers, arrivals: readonly number[]): (answer: Answer, hasFailed: boolean) => void {
    const starts = [...new Set(arrivals.map((arrivedAt) => this.startOf(arrivedAt)))];
    const [startMs = 0] = starts;
    if (this.#isEnding) throw new Violation("a batch is delivered, and its shard's window has not been ended yet");
    if (starts.length > 1) throw new Violation("a batch has records of more than one window");
    if (members.isFinalInvokeForWindow) throw new Violation("a batch with records is called final");
    if (members.isWindowTerminatedEarly) throw new Violation("a batch with records terminates its window");
    const open = this.#openAt(startMs, startMs + this.#sizeMs);
    if (isOverfull(open)) throw new Violation("a batch is delivered, and its window's state is too large");
    compare(members, open);
    return (answer, isLost) => {
      if (!isLost) this.#open = { ...open, state: stateOf(answer), hasSucceeded: true };
    };
  }

  /** A batch is delivered in no window. */
  requireClosed(): void {
    if (this.isOpen) throw new Violation("a batch is delivered, and the window before it has not been ended");
  }

  /**
   * The invocation without records. Windows of which all records were given up are ended, too.
   * @param isDue whether the time of a window is over, and its records are done
   */
  ended(members: WindowMembers, isDue: (startMs: number, endMs: number) => boolean): (answer: Answer) => void {
    const startMs = Date.parse(members.window.start);
    const endMs = Date.parse(members.window.end);
    const open = this.#openAt(startMs, endMs);
    const isEarly = isOverfull(open);
    if (members.isWindowTerminatedEarly !== isEarly || members.isFinalInvokeForWindow === isEarly) {
      throw new Violation(`an event without records ends a window in the wrong way: ${JSON.stringify(members.window)}`);
    }
    compare(members, open);
    // windows of another length are no more, since the mapping was changed
    const isOutdated = endMs - startMs !== this.#sizeMs;
    if (!isEarly && !isOutdated && !isDue(startMs, endMs)) {
      throw new Violation("a window is ended before its records are done");
    }
    this.#isEnding = true;
    return (answer) => {
      if (answer.kind !== "returned") return;
      this.#isEnding = false;
      this.#open = isEarly ? { ...open, state: {} } : undefined;
      this.#kept = this.#open;
    };
  }

  /** The checkpoint was written, and with it the state. */
  keep(): void {
    this.#kept = this.#open;
  }

  /** All that is known is what is kept with the checkpoint. */
  begin(seconds: number): void {
    this.#sizeMs = seconds * 1000;
    this.#isEnding = false;
    this.#open = this.#kept;
  }

  #openAt(startMs: number, endMs: number): Open {
    const isFitting = this.#open?.hasSucceeded || (this.#open?.startMs === startMs && this.#open.endMs === endMs);
    if (!this.#open || !isFitting) this.#open = { startMs, endMs, state: {}, hasSucceeded: false };
    return this.#open;
  }
}

const isOverfull = ({ state }: Open): boolean => Buffer.byteLength(JSON.stringify(state)) > MOST_STATE_BYTES;

function compare({ window, state }: WindowMembers, { startMs, endMs, state: expected }: Open): void {
  const isSame = Date.parse(window.start) === startMs && Date.parse(window.end) === endMs;
  if (!isSame) throw new Violation(`the window is ${JSON.stringify(window)} where ${startMs} to ${endMs} is open`);
  const [got, wanted] = [JSON.stringify(state), JSON.stringify(expected)];
  if (got === wanted) return;
  throw new Violation(`the state is ${got.slice(0, 100)} where ${wanted.slice(0, 100)} was handed on`);
}

/** What an answer hands on; undefined: the invocation has failed. */
export function stateOf(answer: Answer): unknown {
  const value = answer.kind === "returned" ? (answer.value as { state?: unknown } | null | undefined) : undefined;
  return value?.state;
}
