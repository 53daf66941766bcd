import { type Answer, consequenceOf, type Part } from "./attempt-rules.ts";
import { LONGEST_BACKOFF_MS, type ShardLog } from "./shard-log.ts";

export type Condition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

/** What was written to the on-failure destination, or could not be. */
export interface Trace {
  readonly condition: Condition;
  readonly first: string;
  readonly last: string;
  readonly size: number;
  readonly invokeCount: number;
  /** All of the records; of a bucket. */
  readonly sequenceNumbers?: readonly string[];
  readonly isWritten: boolean;
}

interface GivingUp {
  readonly condition: Condition;
  readonly records: readonly number[];
  readonly invokeCount: number;
}

/** Records that were cut together, until each of them has come to its end. */
export class BatchModel {
  readonly #log: ShardLog;
  #parts: readonly Part[];
  #isRunning = false;
  #wasInvoked = false;
  #givingUp: GivingUp | undefined;
  /** Attempts in a row after which nothing was done. */
  #failures = 0;
  #nextAttemptAt = -Infinity;
  /** When the records that were too old were told from the others, if the destination was told of some. */
  sortedOutAt: number | undefined;

  constructor(log: ShardLog, records: readonly number[]) {
    this.#log = log;
    this.#parts = [{ records, retriesUsed: 0, invokeCount: 0 }];
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Its first records cannot go without a word: they are with the function, or the destination has to be told. */
  get isBusy(): boolean {
    return this.#isRunning || this.#givingUp !== undefined;
  }

  get wasInvoked(): boolean {
    return this.#wasInvoked;
  }

  get isOver(): boolean {
    return this.#parts.length === 0;
  }

  get left(): number[] {
    return this.#parts.flatMap((part) => part.records);
  }

  has(record: number | undefined): boolean {
    return record !== undefined && this.#parts.some((part) => part.records.includes(record));
  }

  invoked(records: readonly number[], now: number): void {
    const log = this.#log;
    if (this.#isRunning) log.broken(records, "is with the function already");
    const early = this.#nextAttemptAt - now;
    if (early > 0) log.broken(records, `is tried again ${early} ms before its wait is over`);
    if (this.#givingUp) log.broken(records, "comes again before the destination has what was given up");
    const sortedOutAt = this.sortedOutAt ?? now;
    this.sortedOutAt = undefined;
    if (!log.hasDestination) this.#dropExpired(sortedOutAt);
    const expected = this.#parts[0]?.records ?? [];
    if (String(expected) !== String(records)) log.broken(records, `comes where ${log.names(expected)} should`);
    if (log.isExpired(records[0], sortedOutAt)) log.broken(records, "begins with a record that is too old");
    this.#isRunning = true;
    this.#wasInvoked = true;
  }

  answered(answer: Answer, now: number): void {
    const [part, ...others] = this.#parts;
    if (!part || !this.#isRunning) throw new Error("no invocation is under way");
    const identifiers = part.records.map((record) => this.#log.name(record));
    const { done, givenUp, parts } = consequenceOf(answer, part, identifiers, this.#log.terms.settings);
    this.#isRunning = false;
    const before = done.length > 0 ? 0 : this.#failures;
    this.#failures = isRetry(part, parts) ? before + 1 : 0;
    this.#nextAttemptAt = this.#failures > 0 ? now + backoffMs(this.#failures) : now;
    this.#log.settle(done);
    if (givenUp.length > 0 && this.#log.hasDestination) {
      const invokeCount = part.invokeCount + 1;
      this.#givingUp = { condition: "RetryAttemptsExhausted", records: givenUp, invokeCount };
      this.#parts = [{ ...part, records: givenUp }, ...others];
    } else {
      this.#log.settle(givenUp);
      this.#parts = [...parts, ...others];
    }
  }

  /** The destination got something, or would have. */
  sent(trace: Trace, now: number): void {
    const givingUp = this.#givingUp ?? this.#tooOld(now);
    if (!givingUp || this.#isRunning) return this.#log.broken(this.left, "is given up without need");
    this.#givingUp = givingUp;
    const { records, condition, invokeCount } = givingUp;
    const names = records.map((record) => this.#log.name(record));
    const expected = {
      condition,
      invokeCount,
      first: names[0],
      last: names.at(-1),
      size: names.length,
    };
    for (const [member, value] of Object.entries(expected)) {
      const got = trace[member as keyof typeof expected];
      if (got !== value) this.#log.broken(records, `is given up with ${member} ${got} instead of ${value}`);
    }
    if (trace.sequenceNumbers && String(trace.sequenceNumbers) !== String(names)) {
      this.#log.broken(records, `is given up as ${trace.sequenceNumbers.join(" ")}`);
    }
    if (trace.isWritten) this.#givenUp(records);
  }

  #givenUp(records: readonly number[]): void {
    const [part, ...others] = this.#parts;
    const rest = part?.records.slice(records.length) ?? [];
    this.#givingUp = undefined;
    this.#log.settle(records);
    this.#parts = part && rest.length > 0 ? [{ ...part, records: rest }, ...others] : others;
  }

  #tooOld(now: number): GivingUp | undefined {
    const [part] = this.#parts;
    const records = part?.records.filter((record) => this.#log.isExpired(record, now)) ?? [];
    if (!part || records.length === 0) return undefined;
    this.sortedOutAt = now;
    return { condition: "RecordAgeExceeded", records, invokeCount: part.invokeCount };
  }

  /** Without a destination, what is too old goes without a trace. */
  #dropExpired(now: number): void {
    let [part, ...others] = this.#parts;
    while (part) {
      const alive = part.records.filter((record) => !this.#log.isExpired(record, now));
      this.#log.settle(part.records.slice(0, part.records.length - alive.length));
      part = { ...part, records: alive };
      if (alive.length > 0) break;
      [part, ...others] = others;
    }
    this.#parts = part ? [part, ...others] : [];
  }

  /** All of it may have gone without a trace, or still will. */
  letGo(now: number): void {
    for (const record of this.left) this.#log.letGo(record, now);
    this.#parts = [];
  }
}

/** The same records once more, or those of them that are left: not a part that was split off. */
const isRetry = ({ retriesUsed, invokeCount }: Part, [next]: readonly Part[]): boolean =>
  next !== undefined && (next.retriesUsed > retriesUsed || next.invokeCount === invokeCount);

/** 100 ms, doubling with each failure after the first, at most 10 s. */
const backoffMs = (failures: number): number => Math.min(LONGEST_BACKOFF_MS, 100 * 2 ** Math.max(0, failures - 1));
