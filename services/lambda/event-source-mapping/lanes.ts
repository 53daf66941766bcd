import type { Pending } from "./batcher.ts";
import type { SourceRecord } from "./model.ts";

/** Records that go to the function in order, or, of a queue, as they come. */
export class Lane implements Pending {
  readonly records: SourceRecord[] = [];
  sizeBytes = 0;
  /** Batches that are with the function. */
  running = 0;
  readonly #most: number;

  /** @param most how many batches may be with the function at a time */
  constructor(most: number) {
    this.#most = most;
  }

  get isBusy(): boolean {
    return this.running >= this.#most;
  }

  take(count: number): SourceRecord[] {
    const batch = this.records.splice(0, count);
    for (const record of batch) this.sizeBytes -= record.sizeBytes;
    return batch;
  }
}

/** What was read and waits for a batch: records of one partition key are always in the same lane, so that their order holds. */
export class Lanes implements Iterable<Lane> {
  readonly #lanes: readonly Lane[];

  constructor(count: number, most: number) {
    this.#lanes = Array.from({ length: count }, () => new Lane(most));
  }

  [Symbol.iterator](): Iterator<Lane> {
    return this.#lanes[Symbol.iterator]();
  }

  add(record: SourceRecord): void {
    const index = this.#lanes.length === 1 ? 0 : hash(record.partitionKey) % this.#lanes.length;
    const lane = this.#lanes[index] as Lane;
    lane.records.push(record);
    lane.sizeBytes += record.sizeBytes;
  }

  get waiting(): number {
    return this.#lanes.reduce((sum, { records }) => sum + records.length, 0);
  }

  get sizeBytes(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.sizeBytes, 0);
  }

  get areIdle(): boolean {
    return this.#lanes.every(({ running }) => running === 0);
  }

  get areBusy(): boolean {
    return this.#lanes.every(({ isBusy }) => isBusy);
  }
}

/** FNV-1a over UTF-16 units: spreads keys over lanes, the same in every run. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
