import { setImmediate as nextTurn } from "node:timers/promises";
import type { KeyPart, Table } from "../../emulator/storage/storage.ts";
import type { Shard, StoredRecord } from "./model.ts";

/**
 * The records of shards. What one call puts on one shard is one value, a segment:
 *
 *     [account, region, stream id, shard number, first position, arrival, count] -> [partition key, data, ...]
 *
 * so a PutRecords of 500 records is one small write per shard, a seek is a range read, and looking for a time or for
 * what has expired reads keys alone. Arrivals never fall within a shard, so they can be searched by halves.
 */

/** Where the next record goes. Follows from the last segment; kept in memory so that a put reads nothing. */
export interface Tail {
  next: number;
  lastArrival: number;
}

export interface Page {
  readonly records: StoredRecord[];
  /** Where to go on reading. */
  readonly next: number;
}

/** A longer put is kept as several segments, so that reading one record never costs much more than that. */
const SEGMENT_CHARACTERS = 1 << 20;
/** Segments removed in one transaction. */
const REMOVAL_CHUNK = 500;

interface SegmentKey {
  readonly key: readonly KeyPart[];
  readonly first: number;
  readonly arrivedAt: number;
  readonly count: number;
}

export class RecordLog {
  readonly #table: Table<string[]>;
  readonly #scope: readonly [string, string];
  readonly #write: <T>(work: () => T) => T;

  constructor(table: Table<string[]>, scope: readonly [string, string], write: <T>(work: () => T) => T) {
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

  /** Writes one or more segments; `values` are partition keys and data in turn. Called within a transaction. */
  append(streamId: string, shardNumber: number, first: number, arrivedAt: number, values: string[]): void {
    let start = 0;
    let characters = 0;
    for (let index = 0; index < values.length; index += 2) {
      characters += (values[index + 1] as string).length;
      const isLast = index + 2 === values.length;
      if (!isLast && characters < SEGMENT_CHARACTERS) continue;
      const segment = isLast && start === 0 ? values : values.slice(start, index + 2);
      const key = [...this.#scope, streamId, shardNumber, first + start / 2, arrivedAt, segment.length / 2];
      this.#table.put(key, segment);
      start = index + 2;
      characters = 0;
    }
  }

  /** Reads from `position` on, at most `limit` records and, after the first one, `limitBytes` of data. */
  read(streamId: string, shardNumber: number, position: number, limit: number, limitBytes: number): Page {
    const prefix = [...this.#scope, streamId, shardNumber];
    const start = this.#floor(streamId, shardNumber, position)?.key ?? [...prefix, position];
    const records: StoredRecord[] = [];
    let next = position;
    let bytes = 0;
    for (const { key, value } of this.#table.range({ start, end: [...this.#scope, streamId, shardNumber + 1] })) {
      const { first, arrivedAt, count } = segmentKey(key);
      for (let at = Math.max(next, first); at < first + count; at++) {
        const partitionKey = value[(at - first) * 2] as string;
        const data = value[(at - first) * 2 + 1] as string;
        bytes += decodedLength(data) + Buffer.byteLength(partitionKey);
        if (records.length === limit || (records.length > 0 && bytes > limitBytes)) return { records, next };
        records.push({ position: at, arrivedAt, partitionKey, data });
        next = at + 1;
      }
      if (records.length === limit) break;
    }
    return { records, next };
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

/** The length in bytes of what `base64` stands for. */
export function decodedLength(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}
