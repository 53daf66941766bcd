import type { Settings, StreamRecord } from "./model.ts";

/** Records that go to the function together, and what they have behind them. */
export interface Part {
  readonly records: readonly StreamRecord[];
  readonly retriesUsed: number;
  readonly invokeCount: number;
}

export type Outcome =
  | { readonly kind: "success" }
  /** The function was called and failed, or answered nonsense. */
  | { readonly kind: "failure" }
  /** The function named records that failed; `failedIndex` is the place of the first of them. */
  | { readonly kind: "partial"; readonly failedIndex: number }
  /** Throttled, or not to be reached: the function did not run. */
  | { readonly kind: "not-invoked" };

export interface Decision {
  /** How many records from the first on are done. */
  readonly settledCount: number;
  /** The records after them that are given up: their retries are used up. */
  readonly discarded: readonly StreamRecord[];
  /** What is still to be delivered, in this order. */
  readonly remaining: readonly Part[];
  /** Whether the next attempt waits for its backoff. */
  readonly backOff: boolean;
}

/**
 * What follows from one attempt to deliver `part`. A failed batch is split when bisecting is on and it can be split,
 * which uses up no retry; else it is tried again while it has retries; else it is given up. A partial failure settles the
 * records before the first failed one, and bisecting then splits there. An attempt that never reached the function uses up nothing.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function decide(
  part: Part,
  outcome: Outcome,
  settings: Pick<Settings, "bisectBatchOnFunctionError" | "maximumRetryAttempts">,
): Decision {
  if (outcome.kind === "success") {
    return { settledCount: part.records.length, discarded: [], remaining: [], backOff: false };
  }
  if (outcome.kind === "not-invoked") return { settledCount: 0, discarded: [], remaining: [part], backOff: true };

  const settledCount = outcome.kind === "partial" ? outcome.failedIndex : 0;
  const rest = part.records.slice(settledCount);
  const failed = { ...part, records: rest, invokeCount: part.invokeCount + 1 };
  if (settings.bisectBatchOnFunctionError && settledCount > 0) {
    return { settledCount, discarded: [], remaining: [failed], backOff: false };
  }
  if (settings.bisectBatchOnFunctionError && rest.length > 1) {
    const middle = Math.ceil(rest.length / 2);
    const halves = [rest.slice(0, middle), rest.slice(middle)].map((records) => ({ ...failed, records }));
    return { settledCount, discarded: [], remaining: halves, backOff: false };
  }
  const hasRetries = settings.maximumRetryAttempts === -1 || part.retriesUsed < settings.maximumRetryAttempts;
  if (!hasRetries) return { settledCount, discarded: rest, remaining: [], backOff: false };
  return { settledCount, discarded: [], remaining: [{ ...failed, retriesUsed: part.retriesUsed + 1 }], backOff: true };
}

/** How many records from the first on are older than `maximumAgeMs`. */
export function expiredCount(records: readonly StreamRecord[], nowMs: number, maximumAgeMs: number): number {
  const firstAlive = records.findIndex((record) => nowMs - record.arrivedAt <= maximumAgeMs);
  return firstAlive === -1 ? records.length : firstAlive;
}

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 10_000;

/** The wait before the next attempt, after `failures` failed ones in a row (1 or more). */
export const backoffMs = (failures: number): number =>
  Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 30));
