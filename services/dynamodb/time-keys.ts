import { SPACE_BYTES } from "./item-keys.ts";

/*
 * Keys of the storage that stand in the order of a time:
 *
 *   space · milliseconds since 1970 (6 bytes) · what tells entries of one time apart
 */
const TIME_BYTES = 6;
export const TIME_KEY_BYTES = SPACE_BYTES + TIME_BYTES;
/** Later than the year 10000: no key has a later time. */
export const LATEST_MS = 2 ** (TIME_BYTES * 8) - 1;

/** The first part of a key, with room behind it that the caller fills. */
export function timeKey(space: number, at: number, roomBytes = 0): Buffer {
  const key = Buffer.allocUnsafe(TIME_KEY_BYTES + roomBytes);
  key.writeUInt32BE(space);
  key.writeUIntBE(Math.max(0, at), SPACE_BYTES, TIME_BYTES);
  return key;
}

export function timeOf(key: Uint8Array): number {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return view.getUint16(SPACE_BYTES) * 2 ** 32 + view.getUint32(SPACE_BYTES + 2);
}
