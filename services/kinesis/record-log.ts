import { setImmediate as nextTurn } from "node:timers/promises";
import type { KeyPart, Table } from "../../emulator/storage/storage.ts";
import type { Shard, StoredRecord } from "./model.ts";
import type { RecordBatch } from "./record-batch.ts";
import { Segment, writeSegments, type Continuation } from "./segment.ts";

/**
 * The records of shards. What one call puts on one shard is one value, a segment (or several, if it is long):
 *
 *     [account, region, stream id, shard number, first position, arrival, count] -> segment
 *
 * so a PutRecords of 500 records is one small write per shard, a seek is a range read, and looking for a time or for
 * what has expired reads keys alone. Arrivals never fall within a shard, so they can be searched by halves.
 */

/** Where the next record goes. Follows from the last segment; kept in memory so that a put reads nothing. */
export interface Tail {
  next: number;
  lastArrival: number;
}

interface Part {
  readonly segment: Segment;
  readonly from: number;
  readonly to: number;
  /** Of the record `from`. */
  readonly start: Continuation;
}

/** What a read gives: records of one shard that follow each other. */
export class Page {
  count = 0;
  /** Of data and partition keys. */
  bytes = 0;
  /** Arrival of the last record. */
  lastArrival: number | undefined;
  /** The position to go on reading at. */
  next: number;
  readonly #shard: Continuation["shard"];
  readonly #parts: Part[] = [];

  constructor(shard: Continuation["shard"], position: number) {
    this.#shard = shard;
    this.next = position;
  }

  /** Takes records of a segment, at most `limit` and, after the first of the page, `limitBytes`. @returns whether the rest was taken */
  take({ first, arrivedAt, count }: SegmentKey, value: Uint8Array, limit: number, limitBytes: number): boolean {
    const from = Math.max(this.next, first) - first;
    const segment = new Segment(value, count);
    const fits = segment.fitting(from, limit - this.count, limitBytes - this.bytes);
    const to = from + (fits === 0 && this.count === 0 && limit > 0 ? 1 : fits);
    if (to > from) {
      this.#parts.push({ segment, from, to, start: { shard: this.#shard, position: first + from, arrivedAt } });
      this.count += to - from;
      this.bytes += segment.bytes(from, to);
      this.lastArrival = arrivedAt;
      this.next = first + to;
    }
    return to === count;
  }

  /** The records as a list of JSON, as GetRecords answers it. All of an answer is one piece of memory: a second one costs as much as all the rest. */
  json(before: string, behind: string): Buffer {
    const length = this.#parts.reduce(
      (sum, { segment, from, to, start }) => sum + segment.textBytes(from, to, start),
      0,
    );
    const head = `${before}[`;
    const tail = `]${behind}`;
    const text = Buffer.allocUnsafeSlow(Buffer.byteLength(head) + length + Buffer.byteLength(tail));
    const first = text.write(head);
    let at = first;
    for (const { segment, from, to, start } of this.#parts) at = segment.write(from, to, start, text, at);
    // over the last comma
    at = Math.max(first, at - 1);
    return text.subarray(0, at + text.write(tail, at));
  }

  /** The records as objects. */
  list(): StoredRecord[] {
    const records = JSON.parse(this.json("", "").toString("utf8")) as WrittenRecord[];
    return records.map((record) => ({
      ...record,
      ApproximateArrivalTimestamp: new Date(Math.round(record.ApproximateArrivalTimestamp * 1000)),
    }));
  }
}

type WrittenRecord = Omit<StoredRecord, "ApproximateArrivalTimestamp"> & { ApproximateArrivalTimestamp: number };

/** Segments removed in one transaction. */
const REMOVAL_CHUNK = 500;

interface SegmentKey {
  readonly key: readonly KeyPart[];
  readonly first: number;
  readonly arrivedAt: number;
  readonly count: number;
}

export class RecordLog {
  readonly #table: Table<Uint8Array>;
  readonly #scope: readonly [string, string];
  readonly #write: <T>(work: () => T) => T;

  constructor(table: Table<Uint8Array>, scope: readonly [string, string], write: <T>(work: () => T) => T) {
    this.#table = table;
    this.#scope = scope;
    this.#write = write;
  }

  tail(streamId: string, shard: Shard): Tail {
    const last = this.#floor(streamId, shard.number, Number.MAX_SAFE_INTEGER - 1);
    return {
      next: Math.max(shard.nextPosition, last ? last.first + last.count : 1),
      lastArrival: Math.max(shard.lastArrival, last ? last.arrivedAt : 0),
    };
  }

  /** Writes the records at `places` of `batch`. Called within a transaction. */
  append(
    streamId: string,
    start: Continuation,
    batch: RecordBatch,
    places: readonly number[],
    isEncrypted: boolean,
  ): void {
    const { shard, position, arrivedAt } = start;
    writeSegments(batch, places, isEncrypted, (first, count, segment) => {
      this.#table.put([...this.#scope, streamId, shard.number, position + first, arrivedAt, count], segment);
    });
  }

  /** Reads from `position` on, at most `limit` records and, after the first one, `limitBytes` of data and keys. */
  read(streamId: string, shard: Continuation["shard"], position: number, limit: number, limitBytes: number): Page {
    const prefix = [...this.#scope, streamId, shard.number];
    const start = this.#floor(streamId, shard.number, position)?.key ?? [...prefix, position];
    const page = new Page(shard, position);
    for (const { key, value } of this.#table.range({ start, end: [...this.#scope, streamId, shard.number + 1] })) {
      const segment = segmentKey(key);
      const isBefore = segment.first + segment.count <= position;
      if (!isBefore && !page.take(segment, value, limit, limitBytes)) break;
      if (page.count === limit) break;
    }
    return page;
  }

  /** The arrival of the segment that holds `position`, or of the last one before it. */
  arrivalAt(streamId: string, shardNumber: number, position: number): number | undefined {
    return this.#floor(streamId, shardNumber, position)?.arrivedAt;
  }

  /** The position of the first record that arrived at `time` or later, `end` when there is none. Reads log n keys. */
  firstSince(streamId: string, shardNumber: number, time: number, end: number): number {
    let low = 1;
    let high = end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const segment = this.#floor(streamId, shardNumber, middle);
      if (!segment) low = middle + 1;
      else if (segment.arrivedAt >= time) high = segment.first;
      else low = segment.first + segment.count;
    }
    return Math.min(low, end);
  }

  /**
   * Removes a shard's segments that arrived before `time`, a bounded number in a transaction and others' work in between.
   * `alongside` is written in the first transaction.
   */
  async trim(streamId: string, shardNumber: number, time: number, alongside?: () => void): Promise<void> {
    const range = { start: [...this.#scope, streamId, shardNumber], end: [...this.#scope, streamId, shardNumber + 1] };
    let write = alongside;
    for (;;) {
      const expired: KeyPart[][] = [];
      for (const key of this.#table.keys({ ...range, limit: REMOVAL_CHUNK })) {
        if (segmentKey(key).arrivedAt >= time) break;
        expired.push(key);
      }
      if (expired.length === 0) return;
      this.#write(() => {
        write?.();
        for (const key of expired) this.#table.remove(key);
      });
      write = undefined;
      if (expired.length < REMOVAL_CHUNK) return;
      await nextTurn();
    }
  }

  #floor(streamId: string, shardNumber: number, position: number): SegmentKey | undefined {
    const prefix = [...this.#scope, streamId, shardNumber];
    const range = { start: prefix, end: [...prefix, position + 1], reverse: true, limit: 1 };
    for (const key of this.#table.keys(range)) return segmentKey(key);
    return undefined;
  }
}

const segmentKey = (key: KeyPart[]): SegmentKey => ({
  key,
  first: key[4] as number,
  arrivedAt: key[5] as number,
  count: key[6] as number,
});
