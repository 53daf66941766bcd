import type { Part } from "./delivery.ts";
import type { BatchStatus } from "./status.ts";

/** How a batch is doing, as it changes. */
export type Batch = { -readonly [K in keyof BatchStatus]: BatchStatus[K] };

export const newBatch = (): Batch => ({
  size: 0,
  first: null,
  last: null,
  oldestArrivedAt: null,
  attempt: 1,
  isRunning: false,
  nextAttemptAt: null,
  lastError: null,
});

/** A part of it goes to the function. */
export function begin(batch: Batch, { records, invokeCount }: Part): void {
  batch.size = records.length;
  batch.first = records[0]?.id ?? null;
  batch.last = records.at(-1)?.id ?? null;
  batch.oldestArrivedAt = records.reduce<number | null>(
    (oldest, { arrivedAt }) => Math.min(oldest ?? arrivedAt, arrivedAt),
    null,
  );
  batch.attempt = invokeCount + 1;
  batch.isRunning = true;
  batch.nextAttemptAt = null;
}
