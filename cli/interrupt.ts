import { setMaxListeners } from "node:events";

/** Exit code of a process that Ctrl+C ended at once, by the shells' custom. */
export const INTERRUPTED = 130;

/** Aborted by the first Ctrl+C (or SIGTERM), which asks for a tidy end; the second ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  // each of a producer's workers listens
  setMaxListeners(0, controller.signal);
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return controller.signal;
}

/**
 * Ends this process on Ctrl+C: tidies up, and says what goes on without it. The second Ctrl+C ends it at once.
 * @param tidy does what cannot be left as it is; what it answers is printed
 */
export function endOnInterrupt(tidy: () => Promise<string>): void {
  const signal = interruptSignal();
  signal.addEventListener("abort", () => {
    void tidy()
      .catch((error: unknown) => (error as Error).message)
      .then((line) => process.stderr.write(`\n${line}\n`, () => process.exit(INTERRUPTED)));
  });
}

/**
 * Ends this process quietly when nobody reads its output any more (`| head`): as Ctrl+C does where that is a tidy end,
 * at once elsewhere.
 */
export function endWithReader(): void {
  let isEnding = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    // What is printed during the tidy end fails as well.
    if (isEnding) return;
    isEnding = true;
    if (!process.emit("SIGINT")) process.exit();
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/** Resolves after a while, or at once when the signal is aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
