import { randomBytes, randomUUID } from "node:crypto";

/** The identifiers that AWS makes up. Injected, so that a test can fix them. */
export interface Ids {
  uuid(): string;
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

export const randomIds: Ids = {
  uuid: () => randomUUID(),
  base32: (length) => Array.from(bytes(length), (byte) => BASE32[byte & 31]).join(""),
  hex: (length) =>
    bytes(Math.ceil(length / 2))
      .toString("hex")
      .slice(0, length),
  integer: (below) => Math.floor(Math.random() * below),
};
