import type { Settings, SourceRecord } from "./model.ts";
import { ENVELOPE_BYTES } from "./event.ts";

/** Largest payload of a synchronous invocation. */
export const MAXIMUM_PAYLOAD_BYTES = 6_291_456;

export type Cut =
  | { readonly kind: "send"; readonly count: number }
  | { readonly kind: "wait"; readonly untilMs: number }
  | { readonly kind: "idle" };

/** Records that wait for a batch, oldest first. */
export interface Pending {
  readonly records: readonly Pick<SourceRecord, "readAt" | "sizeBytes">[];
  /** Sum of their sizes. */
  readonly sizeBytes: number;
  /** What the event has beside its records; of an event that has nothing else unless said. */
  readonly envelopeBytes?: number;
}

/**
 * Decides whether a batch goes out now. It does when it has its size in records or in bytes, when its window (counted
 * from the reading of its first record) is over, or when nothing more can come (`flush`).
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching
 */
export function cutBatch(
  pending: Pending,
  settings: Pick<Settings, "batchSize" | "maximumBatchingWindowInSeconds">,
  nowMs: number,
  flush: boolean,
): Cut {
  const first = pending.records[0];
  if (!first) return { kind: "idle" };

  const isFull = pending.records.length >= settings.batchSize || eventBytes(pending) >= MAXIMUM_PAYLOAD_BYTES;
  const untilMs = first.readAt + settings.maximumBatchingWindowInSeconds * 1000;
  if (!isFull && !flush && nowMs < untilMs) return { kind: "wait", untilMs };
  return { kind: "send", count: fitting(pending, settings.batchSize) };
}

const eventBytes = ({ records, sizeBytes, envelopeBytes = ENVELOPE_BYTES }: Pending): number =>
  envelopeBytes + sizeBytes + records.length - 1;

/** How many records from the first on fit into one invocation: at least one. */
export function fitting(pending: Pending, batchSize: number): number {
  const most = Math.min(pending.records.length, batchSize);
  if (most === pending.records.length && eventBytes(pending) <= MAXIMUM_PAYLOAD_BYTES) return most;
  let bytes = (pending.envelopeBytes ?? ENVELOPE_BYTES) - 1;
  let count = 0;
  for (const record of pending.records) {
    bytes += record.sizeBytes + 1;
    if (count === most || (count > 0 && bytes > MAXIMUM_PAYLOAD_BYTES)) break;
    count++;
  }
  return count;
}
