import { setTimeout as delay } from "node:timers/promises";
import { type Checkpoint, nextStep, type Step } from "./checkpoint.ts";
import type { CountTables } from "./count-tables.ts";
import type { DecodedRecord } from "./decode-record.ts";

/** A write that is refused this often in a row is given up: the batch fails and is delivered again. */
const REFUSALS_LIMIT = 20;

/** Checkpoints kept from one invocation to the next; a stale one costs a refused write, never a wrong count. */
const CACHED_SHARDS_LIMIT = 1000;

/** What became of the good records of a batch. */
export interface BatchOutcome {
  /** Rows counted by this invocation; the others were counted before. */
  readonly counted: number;
  readonly counties: number;
}

/** Counts the batches of shards, each record exactly once. */
export class BatchCounter {
  readonly #tables: CountTables;
  readonly #now: () => Date;
  readonly #checkpoints = new Map<string, Checkpoint>();

  constructor(tables: CountTables, now: () => Date = () => new Date()) {
    this.#tables = tables;
    this.#now = now;
  }

  async count(shard: string, batch: readonly DecodedRecord[]): Promise<BatchOutcome> {
    // Where there seems to be nothing to count, the cache is not trusted: no write would tell that it is out of date.
    const cached = this.#checkpoints.get(shard);
    let checkpoint = cached && nextStep(batch, cached) ? cached : await this.#tables.readCheckpoint(shard);
    let counted = 0;
    const counties = new Set<string>();
    // Every step counts at least one record, so the batch bounds the loop.
    for (;;) {
      const written = await this.#writeNextStep(shard, batch, checkpoint);
      if (!written) return { counted, counties: counties.size };
      checkpoint = written.checkpoint;
      counted += written.rows;
      for (const county of written.counts.keys()) counties.add(county);
    }
  }

  /** Counts as many rows as one transaction takes; undefined when all are counted, by this invocation or another. */
  async #writeNextStep(shard: string, batch: readonly DecodedRecord[], seen: Checkpoint): Promise<Step | undefined> {
    let checkpoint = seen;
    let timestamp = this.#now();
    for (let refusals = 0; refusals < REFUSALS_LIMIT; refusals++) {
      const step = nextStep(batch, checkpoint);
      if (!step) return undefined;
      const refusal = await this.#tables.write(shard, step, timestamp);
      if (!refusal) {
        this.#remember(shard, step.checkpoint);
        return step;
      }
      this.#checkpoints.delete(shard);
      if (refusal === "checkpoint-moved") checkpoint = await this.#tables.readCheckpoint(shard);
      if (refusal === "timestamp-taken") timestamp = this.#later(timestamp, refusals);
      if (refusal === "conflict") await delay(Math.random() * 10 * 2 ** Math.min(refusals, 6));
    }
    throw new Error(`${shard}: the counts could not be written in ${REFUSALS_LIMIT} attempts`);
  }

  /** A timestamp that rises at each attempt; by chance, so that batches that met once do not meet again. */
  #later(timestamp: Date, refusals: number): Date {
    const stepMs = 1 + Math.floor(Math.random() * 2 ** Math.min(refusals, 6));
    return new Date(Math.max(this.#now().getTime(), timestamp.getTime() + stepMs));
  }

  #remember(shard: string, checkpoint: Checkpoint): void {
    if (this.#checkpoints.size >= CACHED_SHARDS_LIMIT) this.#checkpoints.clear();
    this.#checkpoints.set(shard, checkpoint);
  }
}
