import type { Shard } from "./model.ts";
import type { RecordBatch } from "./record-batch.ts";
import { advanceSequenceNumber, sequenceNumber } from "./sequence-number.ts";

/**
 * A segment is what one call puts on one shard:
 *
 *     ,{"SequenceNumber":"...",...},{"SequenceNumber":"...",...}    the records as GetRecords answers them
 *     where its text ends, bytes of data and keys so far            for each record, 4 bytes each
 *
 * so that reading is copying.
 */
export interface Segment {
  /** Position of the first record. */
  readonly first: number;
  readonly count: number;
  /** Where it begins among what is written with it. */
  readonly at: number;
  readonly textBytes: number;
  /** Of data and keys. */
  readonly recordBytes: number;
}

export const ENTRY_BYTES = 8;
/** A longer put is kept as several segments, so that reading one record never costs much more than that. */
const SEGMENT_BYTES = 1 << 20;

/** Where records of a shard begin. */
export interface Continuation {
  readonly shard: Pick<Shard, "number" | "epochSeconds">;
  readonly position: number;
  readonly arrivedAt: number;
}

const NUMBER_HEAD = ',{"SequenceNumber":"';
const headOf = ({ shard, position, arrivedAt }: Continuation): string =>
  `${NUMBER_HEAD}${sequenceNumber(shard, position, arrivedAt)}","ApproximateArrivalTimestamp":${arrivedAt / 1000},"Data":"`;
const KEY_HEAD = Buffer.from('","PartitionKey":"');
const END = Buffer.from('"}');
const ENCRYPTED_END = Buffer.from('","EncryptionType":"KMS"}');

/** Grows to the longest call; what is written is kept before the next one. */
let scratch = Buffer.allocUnsafeSlow(1 << 18);

/** The segments of one call: the bytes of all, valid until the next call. */
export class SegmentWriter {
  readonly #batch: RecordBatch;
  readonly #end: Buffer;
  #at = 0;

  constructor(batch: RecordBatch, isEncrypted: boolean) {
    this.#batch = batch;
    this.#end = isEncrypted ? ENCRYPTED_END : END;
  }

  get bytes(): Uint8Array {
    return scratch.subarray(0, this.#at);
  }

  /** Writes the records at `places`, which follow each other in their shard from `start` on. */
  write(places: readonly number[], start: Continuation): Segment[] {
    const segments: Segment[] = [];
    const head = Buffer.from(headOf(start), "latin1");
    const index: number[] = [];
    let at = this.#at;
    let first = 0;
    let recordBytes = 0;
    for (let count = 1; count <= places.length; count++) {
      const place = places[count - 1] as number;
      if (count > 1) advanceSequenceNumber(head, NUMBER_HEAD.length);
      this.#writeRecord(place, head);
      recordBytes += this.#batch.size(place);
      const textBytes = this.#at - at;
      index.push(textBytes, recordBytes);
      if (count === places.length || textBytes >= SEGMENT_BYTES) {
        this.#writeIndex(index);
        segments.push({ first: start.position + first, count: count - first, at, textBytes, recordBytes });
        first = count;
        at = this.#at;
        recordBytes = index.length = 0;
      }
    }
    return segments;
  }

  #writeRecord(place: number, head: Buffer): void {
    const { slices, data, partitionKey } = this.#batch;
    const { bytes } = slices;
    const dataStart = slices.start(place, data);
    const dataEnd = slices.end(place, data);
    const keyStart = slices.start(place, partitionKey);
    const keyEnd = slices.end(place, partitionKey);
    let at = this.#reserve(head.length + dataEnd - dataStart + keyEnd - keyStart + 64);
    scratch.set(head, at);
    at += head.length;
    if (keyStart - dataEnd === KEY_HEAD.length) {
      // the request has nothing else between them: no more fits into so few bytes of JSON
      at += bytes.copy(scratch, at, dataStart, keyEnd);
    } else {
      at += bytes.copy(scratch, at, dataStart, dataEnd);
      at += KEY_HEAD.copy(scratch, at);
      at += bytes.copy(scratch, at, keyStart, keyEnd);
    }
    const end = this.#end;
    for (let byte = 0; byte < end.length; byte++) scratch[at++] = end[byte] as number;
    this.#at = at;
  }

  #writeIndex(index: readonly number[]): void {
    let at = this.#reserve(index.length * 4);
    for (const entry of index) at = scratch.writeUInt32LE(entry, at);
    this.#at = at;
  }

  /** Makes room for `length` bytes more. @returns where they are to be written */
  #reserve(length: number): number {
    const needed = this.#at + length;
    if (needed > scratch.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, scratch.length * 2));
      grown.set(scratch.subarray(0, this.#at));
      scratch = grown;
    }
    return this.#at;
  }
}
