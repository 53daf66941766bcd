import { keyTooLong } from "./errors.ts";
import { MAX_KEY_BYTES } from "./model.ts";

/**
 * Table keys are bytes, so that objects come in the order of S3: by the UTF-8 bytes of their keys. A bucket's name has
 * no zero byte, so one ends it.
 */
const ZERO = 0;
/** No UTF-8 text has this byte: `prefix` and it come after all that begins with `prefix`. */
const AFTER_ALL = 0xff;

export const utf8 = (text: string): Buffer => Buffer.from(text, "utf8");

export const bucketPrefix = (bucket: string): Buffer => utf8(`${bucket}\0`);

export const afterPrefix = (prefix: Uint8Array): Buffer => Buffer.concat([prefix, Buffer.of(AFTER_ALL)]);

/** The least bytes that are greater than `bytes`. */
export const successor = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.of(ZERO)]);

/** @throws AwsError KeyTooLongError */
export function objectKey(bucket: string, key: string): Buffer {
  checkKey(key);
  return utf8(`${bucket}\0${key}`);
}

/** @throws AwsError KeyTooLongError */
export function checkKey(key: string): void {
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes > MAX_KEY_BYTES) throw keyTooLong(sizeBytes, MAX_KEY_BYTES);
}

/** Where a listing begins: no key is between a longer start and its cut. */
const cut = (from: Uint8Array): Uint8Array => from.subarray(0, MAX_KEY_BYTES + 1);

export const objectSeekKey = (bucket: string, from: Uint8Array): Buffer =>
  Buffer.concat([bucketPrefix(bucket), cut(from)]);

export const uploadSeekKey = (bucket: string, from: Uint8Array): Buffer =>
  Buffer.concat([bucketPrefix(bucket), escapeZeros(Buffer.from(cut(from)))]);

/** Zero bytes in a key become 00 FF, so that the 00 that ends the key sorts before every longer key. */
export function uploadKey(bucket: string, key: string, uploadId = ""): Buffer {
  checkKey(key);
  return Buffer.concat([bucketPrefix(bucket), escapeZeros(utf8(key)), Buffer.of(ZERO), utf8(uploadId)]);
}

const escapeZeros = (bytes: Buffer): Buffer =>
  bytes.includes(ZERO) ? Buffer.from(bytes.toString("latin1").replaceAll("\0", "\0\xff"), "latin1") : bytes;

/** Object key and upload id of a table key of `uploadKey`. */
export function parseUploadKey(bytes: Buffer): { key: string; uploadId: string } {
  const start = bytes.indexOf(ZERO) + 1;
  const end = bytes.lastIndexOf(ZERO);
  const key = bytes.subarray(start, end).toString("latin1").replaceAll("\0\xff", "\0");
  return { key: Buffer.from(key, "latin1").toString("utf8"), uploadId: bytes.subarray(end + 1).toString("utf8") };
}

/** Orders are below 2^53, so a version's key ends in eight bytes whose first is 0. */
const ORDER_BYTES = 8;
const LARGEST_ORDER = Number.MAX_SAFE_INTEGER;

/** Versions of one key come from the newest to the oldest. */
export function versionKey(bucket: string, key: string, order: number): Buffer {
  const suffix = Buffer.alloc(ORDER_BYTES);
  suffix.writeBigUInt64BE(BigInt(LARGEST_ORDER - order));
  return Buffer.concat([uploadKey(bucket, key), suffix]);
}

/** Object key of a table key of `versionKey`. */
export function parseVersionKey(bytes: Buffer): string {
  const start = bytes.indexOf(ZERO) + 1;
  const key = bytes
    .subarray(start, -ORDER_BYTES - 1)
    .toString("latin1")
    .replaceAll("\0\xff", "\0");
  return Buffer.from(key, "latin1").toString("utf8");
}

export const parseObjectKey = (bytes: Buffer): string => bytes.subarray(bytes.indexOf(ZERO) + 1).toString("utf8");
