import { clearTimeout, setTimeout } from "node:timers";
/** An AWS call may take that long; the waiters of AWS's clients, once they find a stack in progress, sleep for 30 s. */
const LONGEST_HOLD_MS = 3000;

/**
 * Resolves when `work` is done, when `signal` is aborted, or after three seconds: the answer to a request holds for what is done
 * in a moment, so that whoever asks next finds it done, and never for more. All that the request asked for is in storage
 * before. The bound is time of the machine and not of the scheduler: it is about the connection, which is open in
 * real time, and the work may itself wait for a clock that nobody steps before the answer is there.
 */
export async function holdAnswer(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const release = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", release);
      resolve();
    };
    const timer = setTimeout(release, LONGEST_HOLD_MS);
    signal.addEventListener("abort", release);
    work.then(release, release);
  });
}
