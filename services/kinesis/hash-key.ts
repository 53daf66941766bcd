import { hash } from "node:crypto";

/** The hash key space is 0 to 2^128 - 1. Inside, a hash key is 32 hexadecimal digits, which order as the numbers do. */

const SPACE = 1n << 128n;
export const FIRST_HASH_KEY = "0".repeat(32);
export const LAST_HASH_KEY = "f".repeat(32);

export const hashKeyOf = (partitionKey: string): string => hash("md5", partitionKey);

export const fromNumber = (value: bigint): string => value.toString(16).padStart(32, "0");

export const toNumber = (hashKey: string): bigint => BigInt(`0x${hashKey}`);

/** As AWS writes it: decimal, without leading zeros. */
export const toDecimal = (hashKey: string): string => toNumber(hashKey).toString();

/** @returns undefined when the decimal number is beyond the hash key space */
export function fromDecimal(decimal: string): string | undefined {
  const value = BigInt(decimal);
  return value < SPACE ? fromNumber(value) : undefined;
}

export const before = (hashKey: string): string => fromNumber(toNumber(hashKey) - 1n);
export const after = (hashKey: string): string => fromNumber(toNumber(hashKey) + 1n);

/** The first hash key of each of `count` shards of equal size; the last one takes what the division leaves over. */
export function uniformBoundaries(count: number): string[] {
  const size = SPACE / BigInt(count);
  return Array.from({ length: count }, (_, index) => fromNumber(size * BigInt(index)));
}

export interface HashKeyRange {
  readonly startingHashKey: string;
}

/** The index of the range that holds `hashKey` in ranges that cover the space and are sorted by their start. */
export function rangeIndex(ranges: readonly HashKeyRange[], hashKey: string): number {
  let low = 0;
  let high = ranges.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((ranges[middle] as HashKeyRange).startingHashKey <= hashKey) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The first 32 bits of the ranges' starts. */
const headsOfStarts = new WeakMap<readonly HashKeyRange[], Uint32Array>();

/** The same by the first 32 bits of a hash key alone; -1 where they do not tell. */
export function rangeIndexOfHead(ranges: readonly HashKeyRange[], head: number): number {
  let heads = headsOfStarts.get(ranges);
  if (!heads) headsOfStarts.set(ranges, (heads = Uint32Array.from(ranges, (range) => headOf(range.startingHashKey))));
  let low = 0;
  let high = heads.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((heads[middle] as number) <= head) low = middle;
    else high = middle - 1;
  }
  const isTold = heads[low] !== head || (ranges[low] as HashKeyRange).startingHashKey.endsWith(ZEROS);
  return isTold ? low : -1;
}

const ZEROS = "0".repeat(24);

export const headOf = (hashKey: string): number => Number.parseInt(hashKey.slice(0, 8), 16);
