import type { Shard } from "./model.ts";
import type { RecordBatch } from "./record-batch.ts";
import { advanceSequenceNumber, sequenceNumber } from "./sequence-number.ts";

/**
 * A segment is what one call puts on one shard, as one value:
 *
 *     DATA","PartitionKey":"KEY"},DATA","PartitionKey":"KEY"},...   of each record the end of its text in GetRecords' answer
 *     where its text ends, bytes of data and keys so far            for each record, 4 bytes each
 *
 * so that writing and reading are copying. What comes before, its number and arrival, follows from the segment's key.
 */
export class Segment {
  readonly #value: Buffer;
  readonly #count: number;
  readonly #index: number;

  constructor(value: Uint8Array, count: number) {
    this.#value = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#count = count;
    this.#index = value.byteLength - count * ENTRY_BYTES;
  }

  /** How many records from `from` on are not more than `limit` and not more than `limitBytes`. */
  fitting(from: number, limit: number, limitBytes: number): number {
    const most = Math.min(limit, this.#count - from);
    if (this.bytes(from, from + most) <= limitBytes) return most;
    let fits = 0;
    while (fits < most && this.bytes(from, from + fits + 1) <= limitBytes) fits++;
    return fits;
  }

  /** Of the data and the keys of the records `from` to `to`, the last not included. */
  bytes(from: number, to: number): number {
    return this.#number(to, 4) - this.#number(from, 4);
  }

  /** Of the text of those records. */
  textBytes(from: number, to: number, start: Continuation): number {
    return this.#number(to, 0) - this.#number(from, 0) + (to - from) * headOf(start).length;
  }

  /**
   * Writes the records `from` to `to` with a comma behind each of them.
   * @param start of the record `from`
   * @param at where to begin in `text`, which has room for them @returns where they end
   */
  write(from: number, to: number, start: Continuation, text: Buffer, at: number): number {
    const head = headOf(start);
    const ends = this.#number(to, 0);
    // the ends are brought behind everything, from where each of them is moved to its place: a move within one buffer costs the least
    let read = at + this.textBytes(from, to, start) - (ends - this.#number(from, 0));
    this.#value.copy(text, read, this.#number(from, 0), ends);
    text.write(head, at, "latin1");
    let last = at;
    let written = at;
    for (let record = from; record < to; record++) {
      if (record > from) {
        text.copyWithin(written, last, last + head.length);
        advanceSequenceNumber(text, written + NUMBER_HEAD.length);
        last = written;
      }
      written += head.length;
      const length = this.#number(record + 1, 0) - this.#number(record, 0);
      text.copyWithin(written, read, read + length);
      written += length;
      read += length;
    }
    return written;
  }

  /** Of the records before `place`. */
  #number(place: number, offset: number): number {
    return place === 0 ? 0 : this.#value.readUInt32LE(this.#index + (place - 1) * ENTRY_BYTES + offset);
  }
}

const ENTRY_BYTES = 8;
/** A longer put is kept as several segments, so that reading one record never costs much more than that. */
const SEGMENT_BYTES = 1 << 20;

/** Where records of a shard begin. */
export interface Continuation {
  readonly shard: Pick<Shard, "number" | "epochSeconds">;
  readonly position: number;
  readonly arrivedAt: number;
}

const NUMBER_HEAD = '{"SequenceNumber":"';
const headOf = ({ shard, position, arrivedAt }: Continuation): string =>
  `${NUMBER_HEAD}${sequenceNumber(shard, position, arrivedAt)}","ApproximateArrivalTimestamp":${arrivedAt / 1000},"Data":"`;
const KEY_HEAD = Buffer.from('","PartitionKey":"');
const END = Buffer.from('"},');
const ENCRYPTED_END = Buffer.from('","EncryptionType":"KMS"},');

/** Grows to the longest segment; a value is copied when it is put. */
let scratch = Buffer.allocUnsafeSlow(1 << 18);

/**
 * Writes the records at `places` of `batch` as segments.
 * @param put keeps a segment: the number of its first record among `places`, how many it holds, its value, which is valid during the call only
 */
export function writeSegments(
  batch: RecordBatch,
  places: readonly number[],
  isEncrypted: boolean,
  put: (first: number, count: number, value: Uint8Array) => void,
): void {
  const { slices, data, partitionKey } = batch;
  const { bytes } = slices;
  const recordEnd = isEncrypted ? ENCRYPTED_END : END;
  const index: number[] = [];
  let first = 0;
  let at = 0;
  let size = 0;
  for (let count = 1; count <= places.length; count++) {
    const place = places[count - 1] as number;
    const dataStart = slices.start(place, data);
    const dataEnd = slices.end(place, data);
    const keyStart = slices.start(place, partitionKey);
    const keyEnd = slices.end(place, partitionKey);
    reserve(at, at + dataEnd - dataStart + keyEnd - keyStart + 64 + (index.length + 2) * 4);
    if (keyStart - dataEnd === KEY_HEAD.length) {
      // the request has nothing else between them: no more fits into so few bytes of JSON
      at += bytes.copy(scratch, at, dataStart, keyEnd);
    } else {
      at += bytes.copy(scratch, at, dataStart, dataEnd);
      at += KEY_HEAD.copy(scratch, at);
      at += bytes.copy(scratch, at, keyStart, keyEnd);
    }
    for (let byte = 0; byte < recordEnd.length; byte++) scratch[at++] = recordEnd[byte] as number;
    size += batch.size(place);
    index.push(at, size);
    if (count === places.length || at >= SEGMENT_BYTES) {
      for (const entry of index) at = scratch.writeUInt32LE(entry, at);
      put(first, count - first, scratch.subarray(0, at));
      first = count;
      at = size = index.length = 0;
    }
  }
}

function reserve(used: number, needed: number): void {
  if (needed <= scratch.length) return;
  const grown = Buffer.allocUnsafeSlow(Math.max(needed, scratch.length * 2));
  grown.set(scratch.subarray(0, used));
  scratch = grown;
}
