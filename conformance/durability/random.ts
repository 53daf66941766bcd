/** Numbers that look like chance and come again with the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  between(lowest: number, highest: number): number {
    return lowest + Math.floor(this.next() * (highest - lowest + 1));
  }
}

/** KILL_SEED repeats a run's moments and sizes, KILL_ROUNDS makes a longer or a shorter one. */
export function killSettings(usualRounds: number): { readonly seed: number; readonly rounds: number } {
  const seed = Number(process.env["KILL_SEED"] ?? Date.now() % 1_000_000);
  const rounds = Number(process.env["KILL_ROUNDS"] ?? usualRounds);
  process.stderr.write(`kill -9: KILL_SEED=${seed} KILL_ROUNDS=${rounds}\n`);
  return { seed, rounds };
}
