import { ManualClock, startEmulator, type ClientConfig } from "../emulator/index.ts";

/** Where a conformance suite runs. Suites ask for what they need; TARGET names the target. */
export interface Target extends AsyncDisposable {
  readonly name: "embedded";
  readonly endpoint: string;
  /** Settings for any AWS SDK client: `new KinesisClient(target.clientConfig())`. */
  clientConfig(): ClientConfig;
  /** Steps the target's time: batching windows, expiries and retries wait for it. Only on targets that were opened with a clock. */
  readonly clock: ManualClock;
}

/**
 * Opens the target of this run (embedded is the only one yet).
 * With `manualClock` its time stands still until `target.clock.advance(ms)`; without, it is the machine's.
 */
export async function openTarget(options: { manualClock?: boolean } = {}): Promise<Target> {
  const name = process.env["TARGET"] ?? "embedded";
  if (name !== "embedded") throw new Error(`TARGET=${name} is not known: embedded is`);
  const clock = new ManualClock(Date.now());
  const emulator = await startEmulator({ port: 0, logLevel: "error", ...(options.manualClock && { clock }) });
  return {
    name,
    endpoint: emulator.endpoint,
    clientConfig: () => emulator.clientConfig(),
    clock,
    [Symbol.asyncDispose]: () => emulator.stop(),
  };
}

/** Resolves with the first value that is not undefined. Fails with `what` after `patienceMs`: a bound, not a sleep. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  patienceMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
