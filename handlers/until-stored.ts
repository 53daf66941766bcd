import { setTimeout as delay } from "node:timers/promises";

/** What came of one attempt. */
export interface Attempt<T> {
  /** Entries that are not stored, in their order. */
  readonly refused: readonly T[];
  /** Why the first of them is not. */
  readonly reason?: Error;
}

export interface Patience {
  /** How long it may take in all. */
  readonly totalMs: number;
  /** How long nothing at all may be stored; all the time unless said. */
  readonly idleMs?: number;
}

/** The receiver did not take all for as long as there was patience. */
export class NotStored<T = unknown> extends Error {
  override readonly name = "NotStored";
  readonly entries: readonly T[];
  /** Why the last attempt failed. */
  readonly reason: Error;

  constructor(entries: readonly T[], reason: Error) {
    const count = entries.length === 1 ? "1 record was" : `${entries.length} records were`;
    super(`Given up: ${count} not stored. ${textOf(reason)}`, { cause: reason });
    this.entries = entries;
    this.reason = reason;
  }
}

const BACKOFF_BASE_MS = 50;
const BACKOFF_CAP_MS = 5000;
/** Where a part is stored each time: what a shard or a table takes is counted by the second. */
const PROGRESS_CAP_MS = 1000;

/**
 * Sends entries, and again those alone that were refused, until all are stored. Waits grow with full jitter.
 * @param send one attempt, the first is 1. What it throws ends all
 * @throws NotStored
 */
export async function untilStored<T>(
  entries: readonly T[],
  send: (pending: readonly T[], attempt: number) => Promise<Attempt<T>>,
  { totalMs, idleMs = totalMs }: Patience,
): Promise<void> {
  const endMs = performance.now() + totalMs;
  let storedAtMs = performance.now();
  let pending = entries;
  for (let attempt = 1; ; attempt++) {
    const { refused, reason = new Error("no reason is given") } = await send(pending, attempt);
    if (refused.length === 0) return;
    const nowMs = performance.now();
    const isProgress = refused.length < pending.length;
    if (isProgress) storedAtMs = nowMs;
    const leftMs = Math.min(storedAtMs + idleMs, endMs) - nowMs;
    if (leftMs <= 0) throw new NotStored(refused, reason);
    pending = refused;
    // the last attempt is at the very end
    await delay(Math.min(leftMs, backoffMs(attempt, isProgress ? PROGRESS_CAP_MS : BACKOFF_CAP_MS)));
  }
}

/** How long to wait after so many attempts: longer each time up to the cap, and by chance, so that those who wait do not come together. */
export const backoffMs = (attempts: number, capMs = BACKOFF_CAP_MS): number =>
  Math.random() * Math.min(capMs, BACKOFF_BASE_MS * 2 ** attempts);

const THROTTLED = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "RequestLimitExceeded",
  "KMSThrottlingException",
  "ServiceUnavailableException",
]);

/** Whether a call failed as the service takes no more for now: it stored nothing. */
export const isThrottled = (error: unknown): error is Error => THROTTLED.has((error as Partial<Error>).name ?? "");

/** A refused entry of an answer, as the error that a call of it alone would have thrown. */
export function refusal(code: string | undefined, message: string | undefined): Error {
  const error = new Error(message ?? "no message");
  error.name = code ?? "Error";
  return error;
}

const textOf = ({ name, message }: Error): string => (name === "Error" ? message : `${name}: ${message}`);
