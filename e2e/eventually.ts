import { setTimeout as delay } from "node:timers/promises";

/** Asks until the answer is the expected one; at the end of its patience it fails with the last answer. */
export async function eventually<T>(
  patienceMs: number,
  ask: () => Promise<T>,
  isExpected: (answer: T) => boolean,
): Promise<T> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (isExpected(answer)) return answer;
    if (performance.now() > deadlineMs)
      throw new Error(`Not within ${patienceMs} ms; at last: ${JSON.stringify(answer)}`);
    await delay(50);
  }
}
