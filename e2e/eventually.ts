import { setTimeout as delay } from "node:timers/promises";

const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
/** Of an answer, in the message of its failure. */
const MOST_CHARACTERS = 2000;

/**
 * Asks until the answer is the expected one; at the end of its patience it fails with the last answer.
 * @param explain what else the message says then
 */
export async function eventually<T>(
  patienceMs: number,
  ask: () => Promise<T>,
  isExpected: (answer: T) => boolean,
  explain: () => Promise<string> = () => Promise.resolve(""),
): Promise<T> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const askedAtMs = performance.now();
    const answer = await ask();
    if (isExpected(answer)) return answer;
    const nowMs = performance.now();
    if (nowMs > deadlineMs) {
      throw new Error(`Not within ${patienceMs} ms; at last: ${shown(answer)}\n${await explain()}`.trimEnd());
    }
    // what is asked for is to have time for its work: half of it at least
    await delay(Math.min(Math.max(nowMs - askedAtMs, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS));
  }
}

function shown(answer: unknown): string {
  const text = JSON.stringify(answer) ?? "undefined";
  if (text.length <= MOST_CHARACTERS) return text;
  const count = Array.isArray(answer) ? `${answer.length} of them: ` : "";
  return `${count}${text.slice(0, MOST_CHARACTERS)} ... (${text.length} characters)`;
}
