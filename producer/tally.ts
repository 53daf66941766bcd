import type { ProducerStats } from "./producer.ts";

type Sending = Pick<ProducerStats, "sent" | "retried" | "uncertain"> & Partial<Pick<ProducerStats, "refused">>;

/** What every run counts by itself, beside what its sender counts, and how long it takes. */
export class Tally {
  /** Taken from the source, bad ones aside. */
  read = 0;
  /** Bad in the source, and passed over. */
  skipped = 0;
  readonly #startMs = performance.now();
  #endMs: number | undefined;

  end(): void {
    this.#endMs = performance.now();
  }

  with(sending: Sending): ProducerStats {
    const seconds = ((this.#endMs ?? performance.now()) - this.#startMs) / 1000;
    const { read, skipped } = this;
    return { refused: 0, ...sending, read, skipped, seconds, isDone: this.#endMs !== undefined };
  }
}
