import type { Settings, SourceRecord } from "./model.ts";

/** Records that go to the function together, and what they have behind them. */
export interface Part {
  readonly records: readonly SourceRecord[];
  readonly retriesUsed: number;
  readonly invokeCount: number;
}

export type Outcome =
  | { readonly kind: "success" }
  /** The function was called and failed, or answered nonsense. */
  | { readonly kind: "failure" }
  /** The function named records that failed, by their ids. */
  | { readonly kind: "partial"; readonly failed: ReadonlySet<string> }
  /** Throttled, or not to be reached: the function did not run. */
  | { readonly kind: "not-invoked" };

export interface Decision {
  /** The records that are done. */
  readonly settled: readonly SourceRecord[];
  /** Those that are given up: their retries are used up. What is in no list comes again by itself. */
  readonly discarded: readonly SourceRecord[];
  /** What is still to be delivered, in this order. */
  readonly remaining: readonly Part[];
  /** Whether the next attempt waits for its backoff. */
  readonly backOff: boolean;
  /** Whether what was to follow this part must not: it comes again too, behind it. */
  readonly dropsRest?: boolean;
}

const NOTHING: readonly never[] = [];

const notInvoked = (part: Part): Decision => ({
  settled: NOTHING,
  discarded: NOTHING,
  remaining: [part],
  backOff: true,
});

const done = ({ records }: Part): Decision => ({
  settled: records,
  discarded: NOTHING,
  remaining: NOTHING,
  backOff: false,
});

/**
 * What follows from one attempt to deliver `part` of a shard. A failed batch is split when bisecting is on and it can be
 * split, which uses up no retry; else it is tried again while it has retries; else it is given up. A partial failure settles
 * the records before the first failed one, and bisecting then splits there. An attempt that never reached the function uses
 * up nothing.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function decide(
  part: Part,
  outcome: Outcome,
  settings: Pick<Settings, "bisectBatchOnFunctionError" | "maximumRetryAttempts">,
): Decision {
  if (outcome.kind === "success") return done(part);
  if (outcome.kind === "not-invoked") return notInvoked(part);

  const failedIndex = outcome.kind === "partial" ? part.records.findIndex(({ id }) => outcome.failed.has(id)) : 0;
  const settled = part.records.slice(0, failedIndex);
  const rest = part.records.slice(failedIndex);
  const failed = { ...part, records: rest, invokeCount: part.invokeCount + 1 };
  const discarded = NOTHING;
  if (settings.bisectBatchOnFunctionError && settled.length > 0) {
    return { settled, discarded, remaining: [failed], backOff: false };
  }
  if (settings.bisectBatchOnFunctionError && rest.length > 1) {
    const middle = Math.ceil(rest.length / 2);
    const halves = [rest.slice(0, middle), rest.slice(middle)].map((records) => ({ ...failed, records }));
    return { settled, discarded, remaining: halves, backOff: false };
  }
  const hasRetries = settings.maximumRetryAttempts === -1 || part.retriesUsed < settings.maximumRetryAttempts;
  if (!hasRetries) return { settled, discarded: rest, remaining: NOTHING, backOff: false };
  return { settled, discarded, remaining: [{ ...failed, retriesUsed: part.retriesUsed + 1 }], backOff: true };
}

/**
 * The same of a queue: what the function is done with is settled; what it failed with comes again when its visibility
 * timeout ends, and with it, of a FIFO queue, all that was received behind it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function decideOfQueue(part: Part, outcome: Outcome, isFifo: boolean): Decision {
  if (outcome.kind === "success") return done(part);
  if (outcome.kind === "not-invoked") return notInvoked(part);
  const settled = outcome.kind === "partial" ? part.records.filter(({ id }) => !outcome.failed.has(id)) : NOTHING;
  return { settled, discarded: NOTHING, remaining: NOTHING, backOff: false, dropsRest: isFifo };
}

/** How many records from the first on are older than `maximumAgeMs`. */
export function expiredCount(records: readonly SourceRecord[], nowMs: number, maximumAgeMs: number): number {
  const firstAlive = records.findIndex((record) => nowMs - record.arrivedAt <= maximumAgeMs);
  return firstAlive === -1 ? records.length : firstAlive;
}

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 10_000;

/** The wait before the next attempt, after `failures` failed ones in a row (1 or more). */
export const backoffMs = (failures: number): number =>
  Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 30));
