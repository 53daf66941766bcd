import type { Answer } from "./attempt-rules.ts";
import { Violation } from "./violation.ts";

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
  readonly state: unknown;
  /** Something was handed on in it: its end must come. Without, it may be forgotten by a restart. */
  readonly hasSucceeded: boolean;
}

/**
 * The tumbling windows of one shard.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
export class WindowModel {
  readonly #sizeMs: number;
  #open: Open | undefined;
  /** What is kept with the checkpoint. */
  #kept: Open | undefined;
  #isEnding = false;

  constructor(seconds: number) {
    this.#sizeMs = seconds * 1000;
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
    this.#compare(members, this.#openAt(startMs));
    return (answer, isLost) => {
      if (!isLost) this.#open = { startMs, state: stateOf(answer), hasSucceeded: true };
    };
  }

  /** The invocation without records. Windows of which all records were given up are ended, too. */
  ended(members: WindowMembers, isOpenAt: (startMs: number, endMs: number) => boolean): (answer: Answer) => void {
    const startMs = Date.parse(members.window.start);
    if (!members.isFinalInvokeForWindow) throw new Violation("an event has no records, and does not end a window");
    this.#compare(members, this.#openAt(startMs));
    if (isOpenAt(startMs, startMs + this.#sizeMs)) throw new Violation("a window is ended before its records are done");
    this.#isEnding = true;
    return (answer) => {
      if (answer.kind !== "returned") return;
      this.#isEnding = false;
      this.#open = undefined;
      this.#kept = undefined;
    };
  }

  /** The checkpoint was written, and with it the state. */
  keep(): void {
    this.#kept = this.#open;
  }

  /** All that is known is what is kept with the checkpoint. */
  begin(): void {
    this.#isEnding = false;
    this.#open = this.#kept;
  }

  #openAt(startMs: number): Open {
    const isFitting = this.#open?.hasSucceeded || this.#open?.startMs === startMs;
    if (!this.#open || !isFitting) this.#open = { startMs, state: {}, hasSucceeded: false };
    return this.#open;
  }

  #compare({ window, state, isWindowTerminatedEarly }: WindowMembers, { startMs, state: expected }: Open): void {
    const isSame = Date.parse(window.start) === startMs && Date.parse(window.end) === startMs + this.#sizeMs;
    if (!isSame) throw new Violation(`the window is ${JSON.stringify(window)} where ${startMs} begins`);
    const [got, wanted] = [JSON.stringify(state), JSON.stringify(expected)];
    if (got !== wanted) throw new Violation(`the state is ${got} where ${wanted} was handed on`);
    if (isWindowTerminatedEarly) throw new Violation("a window is terminated early, whose state is small");
  }
}

/** What an answer hands on; undefined: the invocation has failed. */
export function stateOf(answer: Answer): unknown {
  const value = answer.kind === "returned" ? (answer.value as { state?: unknown } | null | undefined) : undefined;
  return value?.state;
}
