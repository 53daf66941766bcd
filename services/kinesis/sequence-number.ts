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

/** 2^80, the distance of neighbours, and the 56 digits of a number, in limbs that a double adds exactly. */
const LIMB = 1e14;
const STEP_LOW = 14_629_174_706_176;
const STEP_HIGH = 12_089_258_196;
const pad = (limb: number): string => (limb >= 1e13 ? String(limb) : String(limb).padStart(14, "0"));

/**
 * The numbers of `count` records that arrived together, from `position` on. Adds decimal limbs instead of formatting a
 * BigInt for each record: it is on the path of every PutRecords.
 */
export function consecutiveSequenceNumbers(
  shard: ShardIdentity,
  position: number,
  count: number,
  arrivedAt: number,
): string[] {
  const numbers: string[] = [];
  let text = sequenceNumber(shard, position, arrivedAt);
  let head = text.slice(0, -28);
  let high = Number(text.slice(-28, -14));
  let low = Number(text.slice(-14));
  for (let index = 0; index < count; index++) {
    numbers.push(head + pad(high) + pad(low));
    low += STEP_LOW;
    high += STEP_HIGH;
    if (low >= LIMB) {
      low -= LIMB;
      high += 1;
    }
    if (high >= LIMB) {
      text = sequenceNumber(shard, position + index + 1, arrivedAt);
      head = text.slice(0, -28);
      high = Number(text.slice(-28, -14));
      low = Number(text.slice(-14));
    }
  }
  return numbers;
}

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
