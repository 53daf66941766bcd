import { randomBytes, randomUUID } from "node:crypto";

/** The identifiers that AWS makes up. Injected, so that a test can fix them. */
export interface Ids {
  uuid(): string;
  /** A UUID (version 7) behind all that were made before: rows under such keys lie together in a table, in the order of their making. */
  ordered(): string;
  /** `length` characters of A-Z and 2-7, as in access keys and role ids. */
  base32(length: number): string;
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  /** A random integer from 0 to `below` - 1. */
  integer(below: number): number;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Fetched ahead: asking the system costs more than all else that an id costs, however few bytes it is asked for. */
const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);
let taken = 0;

function bytes(length: number): Buffer {
  if (taken + length > pool.length) {
    pool = randomBytes(Math.max(POOL_BYTES, length));
    taken = 0;
  }
  taken += length;
  return pool.subarray(taken - length, taken);
}

/** Of the last UUID of version 7: its time, and its number within the millisecond. */
let lastMs = 0;
let lastNumber = 0;

function orderedUuid(): string {
  const nowMs = Date.now();
  // a clock that is set back, and more than 4,096 in a millisecond, borrow from the time to come
  if (nowMs > lastMs) [lastMs, lastNumber] = [nowMs, 0];
  else if (++lastNumber > 0xfff) [lastMs, lastNumber] = [lastMs + 1, 0];
  const time = lastMs.toString(16).padStart(12, "0");
  const number = lastNumber.toString(16).padStart(3, "0");
  const random = bytes(8);
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  const rest = random.toString("hex");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${number}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}

export const randomIds: Ids = {
  uuid: () => randomUUID(),
  ordered: orderedUuid,
  base32: (length) => Array.from(bytes(length), (byte) => BASE32[byte & 31]).join(""),
  hex: (length) =>
    bytes(Math.ceil(length / 2))
      .toString("hex")
      .slice(0, length),
  integer: (below) => Math.floor(Math.random() * below),
};
