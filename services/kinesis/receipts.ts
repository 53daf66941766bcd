import type { Continuation } from "./segment.ts";
import { advanceSequenceNumber, SEQUENCE_NUMBER_DIGITS, sequenceNumber } from "./sequence-number.ts";
import { shardId } from "./shard-id.ts";

/** The answer for one record, in the words of PutRecord. */
export interface Receipt {
  readonly SequenceNumber: string;
  readonly ShardId: string;
}

const HEAD = '{"SequenceNumber":"';
const textOf = (number: string, shard: number): string => `${HEAD}${number}","ShardId":"${shardId(shard)}"},`;
/** They are all of one length, with the comma behind them. */
const RECEIPT_BYTES = textOf("0".repeat(SEQUENCE_NUMBER_DIGITS), 0).length;

/** Of one call at a time: what is written here is taken over by `receipts`. */
let scratch = Buffer.alloc(0);

/** The answers for the records of a call, each in its own place, written as JSON. */
export class ReceiptWriter {
  readonly #written: Uint8Array;
  #missing: number;

  constructor(length: number) {
    const needed = length * RECEIPT_BYTES;
    if (scratch.length < needed) scratch = Buffer.alloc(needed);
    this.#written = new Uint8Array(length);
    this.#missing = length;
  }

  /** The records at `places` follow each other in their shard, from `start` on. */
  write(places: readonly number[], { shard, position, arrivedAt }: Continuation): void {
    const [first = 0] = places;
    this.#missing -= places.length;
    let last = first * RECEIPT_BYTES;
    scratch.write(textOf(sequenceNumber(shard, position, arrivedAt), shard.number), last, "latin1");
    this.#written[first] = 1;
    for (let index = 1; index < places.length; index++) {
      const place = places[index] as number;
      const at = place * RECEIPT_BYTES;
      scratch.copyWithin(at, last, last + RECEIPT_BYTES);
      advanceSequenceNumber(scratch, at + HEAD.length);
      this.#written[place] = 1;
      last = at;
    }
  }

  receipts(): Receipts {
    const end = this.#written.length * RECEIPT_BYTES;
    return new Receipts(scratch.toString("latin1", 0, end), this.#written, this.#missing);
  }
}

export class Receipts {
  /** How many records have none, because their shard did not take them. */
  readonly refused: number;
  readonly #items: string;
  readonly #written: Uint8Array;

  constructor(items: string, written: Uint8Array, refused: number) {
    this.#items = items;
    this.#written = written;
    this.refused = refused;
  }

  has(place: number): boolean {
    return this.#written[place] === 1;
  }

  /** The list of all as JSON, when there is one for each record. */
  json(before: string, behind: string): Buffer {
    return Buffer.from(`${before}[${this.#items.slice(0, -1)}]${behind}`);
  }

  /** That of one record; undefined when its shard did not take it. */
  at(place: number): Receipt | undefined {
    if (!this.has(place)) return undefined;
    const start = place * RECEIPT_BYTES;
    return JSON.parse(this.#items.slice(start, start + RECEIPT_BYTES - 1)) as Receipt;
  }

  /** When there is one for each record. */
  list(): Receipt[] {
    return JSON.parse(`[${this.#items.slice(0, -1)}]`) as Receipt[];
  }
}
