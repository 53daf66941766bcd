import { MAXIMUM_PAYLOAD_BYTES, type Pending } from "./batcher.ts";
import type { Mapping, SourceRecord } from "./model.ts";

/** Records read ahead of the batches that are being gathered, while those before them are with the function. */
const READ_AHEAD_RECORDS = 1000;
/** Batches of a queue that are with the function at a time, where the mapping does not say. */
const QUEUE_CONCURRENCY = 5;

export interface LaneLimits {
  /** Batches that may be with the function at a time. */
  readonly batches: number;
  /** Nothing more is read for the lane while so much waits in it; what comes for other lanes may make it longer. */
  readonly records: number;
  readonly bytes: number;
  /** Whether anything is read for it while it has all the batches that it may have. */
  readonly readsAhead: boolean;
}

/** Records that go to the function in order, or, of a queue, as they come. */
export class Lane implements Pending {
  readonly records: SourceRecord[] = [];
  sizeBytes = 0;
  /** Batches that are with the function. */
  running = 0;
  readonly #limits: LaneLimits;
  /** Ids of the messages in it. */
  readonly #lent = new Set<string>();

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  get isBusy(): boolean {
    return this.running >= this.#limits.batches;
  }

  /** How many more records are worth reading for it. */
  get room(): number {
    if (this.isBusy && !this.#limits.readsAhead) return 0;
    return this.sizeBytes >= this.#limits.bytes ? 0 : Math.max(0, this.#limits.records - this.records.length);
  }

  add(record: SourceRecord): void {
    if (record.loan && this.#renew(record)) return;
    this.records.push(record);
    this.sizeBytes += record.sizeBytes;
    if (record.loan) this.#lent.add(record.id);
  }

  /** A message that comes again while it still waits here is lent anew: there is one of it, as old as it was. */
  #renew(record: SourceRecord): boolean {
    if (!this.#lent.has(record.id)) return false;
    const index = this.records.findIndex(({ id }) => id === record.id);
    const before = this.records[index] as SourceRecord;
    this.records[index] = { ...record, readAt: before.readAt };
    this.sizeBytes += record.sizeBytes - before.sizeBytes;
    return true;
  }

  take(count: number): SourceRecord[] {
    const batch = this.records.splice(0, count);
    for (const { id, sizeBytes, loan } of batch) {
      this.sizeBytes -= sizeBytes;
      if (loan) this.#lent.delete(id);
    }
    return batch;
  }
}

/** What was read and waits for a batch: records of one partition key are always in the same lane, so that their order holds. */
export class Lanes implements Iterable<Lane> {
  readonly #lanes: readonly Lane[];

  constructor(count: number, limits: LaneLimits) {
    this.#lanes = Array.from({ length: count }, () => new Lane(limits));
  }

  [Symbol.iterator](): Iterator<Lane> {
    return this.#lanes[Symbol.iterator]();
  }

  add(record: SourceRecord): void {
    (this.#lanes[laneOf(record.partitionKey, this.#lanes.length)] as Lane).add(record);
  }

  get waiting(): number {
    return this.#lanes.reduce((sum, { records }) => sum + records.length, 0);
  }

  /** When the oldest of them arrived: messages do not come in the order in which they were sent. */
  get oldestArrivedAt(): number | undefined {
    let oldest = Infinity;
    for (const { records } of this.#lanes) for (const { arrivedAt } of records) oldest = Math.min(oldest, arrivedAt);
    return oldest === Infinity ? undefined : oldest;
  }

  get sizeBytes(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.sizeBytes, 0);
  }

  /** Of all lanes: one that is full, as its batch is tried again and again, has none, and takes none from the others. */
  get room(): number {
    return this.#lanes.reduce((sum, { room }) => sum + room, 0);
  }

  get areIdle(): boolean {
    return this.#lanes.every(({ running }) => running === 0);
  }
}

/** Each lane has a batch and its share of what is read ahead. */
export function lanesOfStream({ parallelizationFactor, batchSize }: Mapping["settings"]): Lanes {
  return new Lanes(parallelizationFactor, {
    batches: 1,
    records: batchSize + Math.ceil(Math.max(batchSize, READ_AHEAD_RECORDS) / parallelizationFactor),
    bytes: MAXIMUM_PAYLOAD_BYTES * (1 + 1 / parallelizationFactor),
    readsAhead: true,
  });
}

/** Nobody else sees what was received from a queue, and not for long: nothing is received that no batch waits for. */
export const lanesOfQueue = ({ batchSize, maximumConcurrency = QUEUE_CONCURRENCY }: Mapping["settings"]): Lanes =>
  new Lanes(1, {
    batches: maximumConcurrency,
    records: batchSize,
    bytes: MAXIMUM_PAYLOAD_BYTES,
    readsAhead: false,
  });

/** In which of so many lanes the records of a key are. */
export const laneOf = (partitionKey: string, lanes: number): number => (lanes === 1 ? 0 : hash(partitionKey) % lanes);

/** FNV-1a over UTF-16 units: spreads keys over lanes, the same in every run. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
