import { setImmediate as nextTurn } from "node:timers/promises";
import { WrittenItems } from "../../emulator/protocol/written-items.ts";
import type { AppendLog, LogPlace } from "../../emulator/storage/append-log.ts";
import type { KeyPart, Storage, Table } from "../../emulator/storage/storage.ts";
import type { Shard, StoredRecord } from "./model.ts";
import type { RecordBatch } from "./record-batch.ts";
import { ENTRY_BYTES, SegmentWriter, type Continuation } from "./segment.ts";

/**
 * The records of shards. What one call puts on one shard is a segment (or several, if it is long). Segments are appended to the log of
 * their stream; a table says where they are:
 *
 *     [account, region, stream id, shard number, first position, arrival, count] -> file, offset, bytes of text, bytes of data and keys
 *
 * so a PutRecords of 500 records is one write and a small entry per shard, a seek is a range read, and looking for a time or for
 * what has expired reads keys alone. Arrivals never fall within a shard, so they can be searched by halves.
 */
type SegmentPlace = readonly [file: number, offset: number, textBytes: number, recordBytes: number];

/** Where the next record goes. Follows from the last segment; kept in memory so that a put reads nothing. */
export interface Tail {
  next: number;
  lastArrival: number;
}

/** What one call puts on one shard: the records at `places` follow each other from `start` on. */
export interface Put {
  readonly start: Continuation;
  readonly places: readonly number[];
}

/** What a read gives: records of one shard that follow each other. */
export class Page {
  /** The records as GetRecords answers them. */
  readonly items = new WrittenItems();
  count = 0;
  /** Of data and partition keys. */
  bytes = 0;
  /** Arrival of the last record. */
  lastArrival: number | undefined;
  /** The position to go on reading at. */
  next: number;

  constructor(position: number) {
    this.next = position;
  }

  /**
   * Takes records of a segment, at most `limit` and, after the first of the page, `limitBytes`.
   * @returns whether the rest was taken
   */
  take(key: SegmentKey, place: SegmentPlace, log: AppendLog, limit: number, limitBytes: number): boolean {
    const { first, count } = key;
    const most = limit - this.count;
    const mostBytes = limitBytes - this.bytes;
    const from = Math.max(this.next, first) - first;
    const [file, offset, textBytes, recordBytes] = place;
    if (from === 0 && count <= most && recordBytes <= mostBytes) {
      this.#add(log, { file, offset }, textBytes, recordBytes, key, count);
      return true;
    }
    const index = new SegmentIndex(log, place, count);
    const fits = index.fitting(from, most, mostBytes);
    const to = from + (fits === 0 && this.count === 0 && limit > 0 ? 1 : fits);
    if (to > from) {
      const start = index.textBytes(0, from);
      this.#add(log, { file, offset: offset + start }, index.textBytes(from, to), index.recordBytes(from, to), key, to);
    }
    return to === count;
  }

  #add(log: AppendLog, at: LogPlace, textBytes: number, recordBytes: number, key: SegmentKey, to: number): void {
    const start = this.items.extend(textBytes);
    log.read(at, textBytes, this.items.bytes, start);
    const next = key.first + to;
    this.count += next - Math.max(this.next, key.first);
    this.bytes += recordBytes;
    this.lastArrival = key.arrivedAt;
    this.next = next;
  }

  /** The records as objects. */
  list(): StoredRecord[] {
    const records = JSON.parse(this.items.between("", "").toString("utf8")) as WrittenRecord[];
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

/** Where the records of a segment end, for those that take a part of it. */
class SegmentIndex {
  readonly #index: Buffer;
  readonly #count: number;

  constructor(log: AppendLog, [file, offset, textBytes]: SegmentPlace, count: number) {
    this.#count = count;
    this.#index = Buffer.allocUnsafe(count * ENTRY_BYTES);
    log.read({ file, offset: offset + textBytes }, this.#index.length, this.#index, 0);
  }

  /** How many records from `from` on are not more than `limit` and not more than `limitBytes`. */
  fitting(from: number, limit: number, limitBytes: number): number {
    const most = Math.min(limit, this.#count - from);
    let fits = 0;
    while (fits < most && this.recordBytes(from, from + fits + 1) <= limitBytes) fits++;
    return fits;
  }

  /** Of the records `from` to `to`, the last not included. */
  textBytes(from: number, to: number): number {
    return this.#before(to, 0) - this.#before(from, 0);
  }

  /** Of their data and keys. */
  recordBytes(from: number, to: number): number {
    return this.#before(to, 4) - this.#before(from, 4);
  }

  #before(place: number, offset: number): number {
    return place === 0 ? 0 : this.#index.readUInt32LE((place - 1) * ENTRY_BYTES + offset);
  }
}

export class RecordLog {
  readonly #storage: Storage;
  readonly #table: Table<SegmentPlace>;
  readonly #scope: readonly [string, string];
  readonly #folder: string;
  readonly #logs = new Map<string, AppendLog>();

  constructor(storage: Storage, scope: readonly [account: string, region: string]) {
    this.#storage = storage;
    this.#table = storage.table("kinesis/segments");
    this.#scope = scope;
    this.#folder = ["kinesis", ...scope].join("/");
  }

  tail(streamId: string, shard: Shard): Tail {
    const last = this.#floor(streamId, shard.number, Number.MAX_SAFE_INTEGER - 1);
    return {
      next: Math.max(shard.nextPosition, last ? last.first + last.count : 1),
      lastArrival: Math.max(shard.lastArrival, last ? last.arrivedAt : 0),
    };
  }

  /** Writes each `places` of `batch` from its `start` on. Called within a transaction. */
  append(streamId: string, puts: readonly Put[], batch: RecordBatch, isEncrypted: boolean): void {
    const writer = new SegmentWriter(batch, isEncrypted);
    const written = puts.map(({ start, places }) => ({ start, segments: writer.write(places, start) }));
    const { file, offset } = this.#log(streamId).append(writer.bytes);
    for (const { start, segments } of written) {
      for (const { first, count, at, textBytes, recordBytes } of segments) {
        const key = [...this.#scope, streamId, start.shard.number, first, start.arrivedAt, count];
        this.#table.put(key, [file, offset + at, textBytes, recordBytes]);
      }
    }
  }

  /** Reads from `position` on, at most `limit` records and, after the first one, `limitBytes` of data and keys. */
  read(streamId: string, shardNumber: number, position: number, limit: number, limitBytes: number): Page {
    const prefix = [...this.#scope, streamId, shardNumber];
    const start = this.#floor(streamId, shardNumber, position)?.key ?? [...prefix, position];
    const page = new Page(position);
    const log = this.#log(streamId);
    for (const { key, value } of this.#table.range({ start, end: [...this.#scope, streamId, shardNumber + 1] })) {
      const segment = segmentKey(key);
      const isBefore = segment.first + segment.count <= position;
      if (!isBefore && !page.take(segment, value, log, limit, limitBytes)) break;
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
      this.#storage.write(() => {
        write?.();
        for (const key of expired) this.#table.remove(key);
      });
      write = undefined;
      if (expired.length < REMOVAL_CHUNK) return;
      await nextTurn();
    }
  }

  /** Removes the files in which no record is left. */
  async clean(streamId: string): Promise<void> {
    const range = { end: [...this.#scope, streamId, Infinity], limit: 1 };
    let oldest = Infinity;
    let shardNumber = 0;
    do {
      const start = [...this.#scope, streamId, shardNumber];
      shardNumber = Infinity;
      for (const { key, value } of this.#table.range({ ...range, start })) {
        shardNumber = (key[3] as number) + 1;
        oldest = Math.min(oldest, value[0]);
      }
    } while (shardNumber < Infinity);
    await this.#log(streamId).removeBefore(oldest);
  }

  /** Removes what is left of a stream whose shards have been trimmed. */
  async remove(streamId: string): Promise<void> {
    await this.#log(streamId).remove();
    this.#logs.delete(streamId);
  }

  /** Removes the logs of other streams, which a kill has left. */
  async removeOthers(streamIds: ReadonlySet<string>): Promise<void> {
    for (const name of this.#storage.logs(this.#folder)) {
      if (!streamIds.has(name)) await this.#storage.log(`${this.#folder}/${name}`).remove();
    }
  }

  #log(streamId: string): AppendLog {
    let log = this.#logs.get(streamId);
    if (!log) this.#logs.set(streamId, (log = this.#storage.log(`${this.#folder}/${streamId}`)));
    return log;
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
