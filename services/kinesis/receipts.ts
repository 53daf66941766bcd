import { WrittenItems } from "../../emulator/protocol/written-items.ts";
import type { Continuation } from "./segment.ts";
import { advanceSequenceNumber, SEQUENCE_NUMBER_DIGITS, sequenceNumber } from "./sequence-number.ts";
import { shardId } from "./shard-id.ts";

/** The answer for one record, in the words of PutRecord. */
export interface Receipt {
  readonly SequenceNumber: string;
  readonly ShardId: string;
}

const HEAD = ',{"SequenceNumber":"';
const textOf = (number: string, shard: number): string => `${HEAD}${number}","ShardId":"${shardId(shard)}"}`;
/** They are all of one length. */
const RECEIPT_BYTES = textOf("0".repeat(SEQUENCE_NUMBER_DIGITS), 0).length;

/** The answers for the records of a call, each in its own place, written as JSON. */
export class Receipts {
  readonly items = new WrittenItems();
  readonly #start: number;
  readonly #written: Uint8Array;
  /** How many records have none, because their shard did not take them. */
  refused: number;

  constructor(length: number) {
    this.#start = this.items.extend(length * RECEIPT_BYTES);
    this.#written = new Uint8Array(length);
    this.refused = length;
  }

  /** The records at `places` follow each other in their shard, from `start` on. */
  write(places: readonly number[], { shard, position, arrivedAt }: Continuation): void {
    const { bytes } = this.items;
    const [first = 0] = places;
    this.refused -= places.length;
    let last = this.#start + first * RECEIPT_BYTES;
    bytes.write(textOf(sequenceNumber(shard, position, arrivedAt), shard.number), last, "latin1");
    this.#written[first] = 1;
    for (let index = 1; index < places.length; index++) {
      const place = places[index] as number;
      const at = this.#start + place * RECEIPT_BYTES;
      bytes.copyWithin(at, last, last + RECEIPT_BYTES);
      advanceSequenceNumber(bytes, at + HEAD.length);
      this.#written[place] = 1;
      last = at;
    }
  }

  has(place: number): boolean {
    return this.#written[place] === 1;
  }

  /** When there is one for each record. */
  list(): Receipt[] {
    return JSON.parse(this.items.between("", "").toString("latin1")) as Receipt[];
  }

  /** Those of the records that have one, and nothing in the places of the others. To be called once: the text is given up. */
  take(): (Receipt | undefined)[] {
    const receipts = Array.from(this.#written, (isWritten, place) => {
      const start = this.#start + place * RECEIPT_BYTES;
      const text = isWritten === 1 && this.items.bytes.toString("latin1", start + 1, start + RECEIPT_BYTES);
      return text === false ? undefined : (JSON.parse(text) as Receipt);
    });
    this.items.release();
    return receipts;
  }
}
