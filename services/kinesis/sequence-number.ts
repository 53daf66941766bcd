/**
 * Sequence numbers in the form of AWS's: 56 decimal digits that, in hexadecimal, read
 *
 *     2 | epoch of the shard, seconds (9) | shard number, last digit (1) | position (16) | 00 | arrival, seconds (9) | shard number (8) | 2
 *
 * The position counts a shard's records from 1, so numbers rise strictly within a shard whatever the clock does, a
 * child's are greater than its parents' (its epoch is later), and a number says where in its shard to seek.
 */

const POSITION_SHIFT = 80n;
const VERSION = 2n;
/** The position in a closed shard's ending sequence number. */
export const ENDING_POSITION = 0x7fffffffffffffffn;

export interface SequenceNumberParts {
  readonly epochSeconds: number;
  readonly shardNumber: number;
  /** Never more than Number.MAX_SAFE_INTEGER: what is beyond was not given to any record. */
  readonly position: number;
  readonly arrivalSeconds: number;
}

interface ShardIdentity {
  readonly number: number;
  readonly epochSeconds: number;
}

const compose = (shard: ShardIdentity, position: bigint, arrivalSeconds: number): bigint =>
  (VERSION << 184n) |
  (BigInt(shard.epochSeconds) << 148n) |
  (BigInt(shard.number & 0xf) << 144n) |
  (position << POSITION_SHIFT) |
  (BigInt(arrivalSeconds) << 36n) |
  (BigInt(shard.number) << 4n) |
  VERSION;

const seconds = (ms: number): number => Math.floor(ms / 1000);

export const sequenceNumber = (shard: ShardIdentity, position: number, arrivedAt: number): string =>
  compose(shard, BigInt(position), seconds(arrivedAt)).toString();

export const startingSequenceNumber = (shard: ShardIdentity): string =>
  compose(shard, 0n, shard.epochSeconds).toString();

export const endingSequenceNumber = (shard: ShardIdentity, closedAt: number): string =>
  compose(shard, ENDING_POSITION, seconds(closedAt)).toString();

export const SEQUENCE_NUMBER_DIGITS = 56;
const STEP_DIGITS = Uint8Array.from((1n << POSITION_SHIFT).toString(), Number);

/**
 * Makes the sequence number whose digits stand in `text` from `at` on that of the next position. Many are needed a call, and a BigInt's text
 * costs several times as much.
 */
export function advanceSequenceNumber(text: Uint8Array, at: number): void {
  let place = at + SEQUENCE_NUMBER_DIGITS - 1;
  let carry = 0;
  for (let index = STEP_DIGITS.length - 1; index >= 0; index--) {
    const sum = (text[place] as number) + (STEP_DIGITS[index] as number) + carry;
    carry = (NINE - sum) >>> 31;
    text[place--] = sum - carry * 10;
  }
  for (; carry > 0; place--) {
    const sum = (text[place] as number) + 1;
    carry = (NINE - sum) >>> 31;
    text[place] = sum - carry * 10;
  }
}

const NINE = 0x39;

/** @returns undefined for a number that no shard could have given out */
export function parseSequenceNumber(text: string): SequenceNumberParts | undefined {
  const value = BigInt(text);
  const position = (value >> POSITION_SHIFT) & 0xffffffffffffffffn;
  const shardNumber = Number((value >> 4n) & 0xffffffffn);
  const isOurs =
    value >> 184n === VERSION && (value & 0xfn) === VERSION && position <= ENDING_POSITION && shardNumber < 2 ** 31;
  if (!isOurs) return undefined;
  return {
    epochSeconds: Number((value >> 148n) & 0xfffffffffn),
    shardNumber,
    position: position > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(position),
    arrivalSeconds: Number((value >> 36n) & 0xfffffffffn),
  };
}
