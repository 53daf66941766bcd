import { setTimeout as delay } from "node:timers/promises";
import type { Probe, TestClock } from "./index.ts";

const POLL_MS = 5;
/** So far a clock that the tests step goes between two looks. */
const STEP_MS = 50;

/** A found value in a box, as a promise may well resolve with undefined. */
type Found<T> = { readonly value: T } | undefined;

/** Waits for a value, but no longer than `patienceMs`; `clock` is stepped meanwhile. */
export async function eventually<T>(
  what: string,
  awaited: Promise<T> | Probe<T>,
  { patienceMs, clock }: { readonly patienceMs: number; readonly clock: TestClock | undefined },
): Promise<T> {
  const look = typeof awaited === "function" ? lookBy(awaited) : lookAt(awaited);
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found) return found.value;
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await clock?.advance(STEP_MS);
    await delay(POLL_MS);
  }
}

const lookBy =
  <T>(probe: Probe<T>) =>
  async (): Promise<Found<T>> => {
    const value = await probe();
    return value === undefined ? undefined : { value };
  };

function lookAt<T>(promise: Promise<T>): () => Promise<Found<T>> {
  let settled: Promise<Found<T>> | undefined;
  const settle = () => (settled = promise.then((value) => ({ value })));
  promise.then(settle, settle);
  return async () => settled;
}
