import { Slices } from "../../emulator/protocol/slices.ts";
import { dataTooLong, invalidHashKey, recordTooLong } from "./errors.ts";
import { fromDecimal, hashKeyOf, type HashKeyRange, headOf, rangeIndex, rangeIndexOfHead } from "./hash-key.ts";
import { md5Head } from "./md5.ts";

/** A record as PutRecord and PutRecords have it. */
interface Entry {
  /** Required by the constraints: streams with the record distribution strategy AUTO, which need none, are refused. */
  readonly PartitionKey?: string | undefined;
  readonly Data: string;
  readonly ExplicitHashKey?: string | undefined;
}

const MEMBERS = ["Data", "PartitionKey", "ExplicitHashKey"] as const;
const EQUALS = 0x3d;

/** Records on their way in: their texts as they came, what they are to be charged with, and where they belong. */
export class RecordBatch {
  readonly slices: Slices;
  readonly data: number;
  readonly partitionKey: number;
  /** Of the data and the partition keys, in bytes. */
  readonly sizeBytes: number;
  readonly #sizes: Int32Array;
  readonly #heads: Uint32Array;
  readonly #explicit = new Map<number, string>();

  /**
   * Checks the records and finds their hash keys.
   * @throws ValidationException, InvalidArgumentException
   */
  static of(records: Slices | readonly Entry[], limitBytes: number): RecordBatch {
    return new RecordBatch(records instanceof Slices ? records : Slices.of(records, MEMBERS), limitBytes, true);
  }

  /** A batch of one, which errors do not count. */
  static ofOne(record: Entry, limitBytes: number): RecordBatch {
    return new RecordBatch(Slices.of([record], MEMBERS), limitBytes, false);
  }

  private constructor(slices: Slices, limitBytes: number, isCounted: boolean) {
    this.slices = slices;
    this.data = slices.member("Data");
    this.partitionKey = slices.member("PartitionKey");
    this.#sizes = new Int32Array(slices.length);
    this.#heads = new Uint32Array(slices.length);
    const explicitHashKey = slices.member("ExplicitHashKey");
    let total = 0;
    for (let place = 0; place < slices.length; place++) {
      const dataBytes = this.#dataBytes(place);
      const index = isCounted ? place : undefined;
      if (dataBytes > limitBytes) throw dataTooLong(index, dataBytes, limitBytes);
      const size = dataBytes + this.#takeKey(place);
      if (size > limitBytes) throw recordTooLong(index, limitBytes);
      this.#sizes[place] = size;
      total += size;
      if (slices.has(place, explicitHashKey)) this.#takeHashKey(place, slices.text(place, explicitHashKey));
    }
    this.sizeBytes = total;
  }

  get length(): number {
    return this.slices.length;
  }

  /** Of the data and the partition key, in bytes. */
  size(place: number): number {
    return this.#sizes[place] as number;
  }

  /** The first 32 bits of the record's hash key. */
  head(place: number): number {
    return this.#heads[place] as number;
  }

  /** The index of the range that a record belongs to, in ranges that cover the space and are sorted by their start. */
  rangeIndex(place: number, ranges: readonly HashKeyRange[]): number {
    const told = rangeIndexOfHead(ranges, this.head(place));
    return told < 0 ? rangeIndex(ranges, this.#hashKey(place)) : told;
  }

  #hashKey(place: number): string {
    return this.#explicit.get(place) ?? hashKeyOf(this.slices.text(place, this.partitionKey));
  }

  #dataBytes(place: number): number {
    const { slices, data } = this;
    const start = slices.start(place, data);
    const end = slices.end(place, data);
    const padding = slices.bytes[end - 1] !== EQUALS || end === start ? 0 : slices.bytes[end - 2] === EQUALS ? 2 : 1;
    return ((end - start) / 4) * 3 - padding;
  }

  /** @returns its length in bytes */
  #takeKey(place: number): number {
    const { slices, partitionKey } = this;
    if (slices.hasEscapes) {
      const key = Buffer.from(slices.text(place, partitionKey));
      this.#heads[place] = md5Head(key, 0, key.length);
      return key.length;
    }
    const start = slices.start(place, partitionKey);
    const end = slices.end(place, partitionKey);
    this.#heads[place] = md5Head(slices.bytes, start, end);
    return end - start;
  }

  #takeHashKey(place: number, decimal: string): void {
    const hashKey = fromDecimal(decimal);
    if (hashKey === undefined) throw invalidHashKey(decimal);
    this.#explicit.set(place, hashKey);
    this.#heads[place] = headOf(hashKey);
  }
}
