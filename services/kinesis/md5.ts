import { hash } from "node:crypto";

/** What one block of MD5 holds beside the padding. */
const MOST_BYTES = 55;
const SINES = Int32Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32));
const block = new Uint8Array(64);
/** Little-endian, as MD5 reads its words, and as every machine that lmdb is built for. */
const words = new Int32Array(block.buffer);

const step = (mixed: number, from: number, word: number, sine: number, turn: number): number => {
  const sum = (mixed + word + sine) | 0;
  return (from + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
};

/**
 * The first 32 bits of the MD5 of `bytes` from `start` to `end`. That is nearly always enough to tell the shard of a key, and a call of the
 * system's MD5 costs three times as much for so few bytes.
 */
export function md5Head(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length > MOST_BYTES) return hash("md5", bytes.subarray(start, end), "buffer").readUInt32BE(0);
  for (let index = 0; index < length; index++) block[index] = bytes[start + index] as number;
  block[length] = 0x80;
  block.fill(0, length + 1);
  words[14] = length << 3;

  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  for (let i = 0; i < 16; i += 4) {
    a = step((a + ((b & c) | (~b & d))) | 0, b, words[i] as number, SINES[i] as number, 7);
    d = step((d + ((a & b) | (~a & c))) | 0, a, words[i + 1] as number, SINES[i + 1] as number, 12);
    c = step((c + ((d & a) | (~d & b))) | 0, d, words[i + 2] as number, SINES[i + 2] as number, 17);
    b = step((b + ((c & d) | (~c & a))) | 0, c, words[i + 3] as number, SINES[i + 3] as number, 22);
  }
  for (let i = 16; i < 32; i += 4) {
    a = step((a + ((d & b) | (~d & c))) | 0, b, words[(5 * i + 1) & 15] as number, SINES[i] as number, 5);
    d = step((d + ((c & a) | (~c & b))) | 0, a, words[(5 * i + 6) & 15] as number, SINES[i + 1] as number, 9);
    c = step((c + ((b & d) | (~b & a))) | 0, d, words[(5 * i + 11) & 15] as number, SINES[i + 2] as number, 14);
    b = step((b + ((a & c) | (~a & d))) | 0, c, words[(5 * i + 16) & 15] as number, SINES[i + 3] as number, 20);
  }
  for (let i = 32; i < 48; i += 4) {
    a = step((a + (b ^ c ^ d)) | 0, b, words[(3 * i + 5) & 15] as number, SINES[i] as number, 4);
    d = step((d + (a ^ b ^ c)) | 0, a, words[(3 * i + 8) & 15] as number, SINES[i + 1] as number, 11);
    c = step((c + (d ^ a ^ b)) | 0, d, words[(3 * i + 11) & 15] as number, SINES[i + 2] as number, 16);
    b = step((b + (c ^ d ^ a)) | 0, c, words[(3 * i + 14) & 15] as number, SINES[i + 3] as number, 23);
  }
  for (let i = 48; i < 64; i += 4) {
    a = step((a + (c ^ (b | ~d))) | 0, b, words[(7 * i) & 15] as number, SINES[i] as number, 6);
    d = step((d + (b ^ (a | ~c))) | 0, a, words[(7 * i + 7) & 15] as number, SINES[i + 1] as number, 10);
    c = step((c + (a ^ (d | ~b))) | 0, d, words[(7 * i + 14) & 15] as number, SINES[i + 2] as number, 15);
    b = step((b + (d ^ (c | ~a))) | 0, c, words[(7 * i + 21) & 15] as number, SINES[i + 3] as number, 21);
  }
  const head = (a + 0x67452301) | 0;
  return ((head << 24) | ((head << 8) & 0xff0000) | ((head >>> 8) & 0xff00) | (head >>> 24)) >>> 0;
}
