import { hash } from "node:crypto";
import type { AttributeValue } from "./attribute-value.ts";
import { comparedValues, type SortKeyCondition } from "./expressions/index.ts";
import { encodeNumber } from "./number.ts";

/** Half-open range of encoded sort keys: start <= key < end. A missing bound is none. */
export interface KeyRange {
  readonly start?: Uint8Array;
  readonly end?: Uint8Array;
}

const ESCAPE = 0x00;
const ESCAPED_ZERO = 0xff;
const TERMINATOR = 0x00;
const PARTITION_BYTES = 16;
const NO_BYTES = new Uint8Array();

/**
 * Bytes of one key value (S, N or B) that order as the values do. Self-delimiting: no encoding is a prefix of another, so
 * that encodings can stand one after the other in a composite key. At most twice the value's bytes plus 2.
 */
export function encodeKeyValue(value: AttributeValue): Uint8Array {
  if ("N" in value) return encodeNumber(value.N);
  return "S" in value ? encodeText(value.S) : terminated(escaped(bytesOf(value)));
}

/** Nearly no text has zeros: it is written once, where it stays. */
function encodeText(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const result = Buffer.allocUnsafe(length + 2);
  result.write(text);
  result[length] = ESCAPE;
  result[length + 1] = TERMINATOR;
  return result.indexOf(ESCAPE) === length ? result : terminated(escaped(result.subarray(0, length)));
}

/** The values of a key, one after the other: the bytes order by the first value, then by the second, and so on. */
export function encodeKey(values: readonly AttributeValue[]): Uint8Array {
  const first = values[0];
  if (first === undefined) return NO_BYTES;
  return values.length === 1 ? encodeKeyValue(first) : Buffer.concat(values.map(encodeKeyValue));
}

/** 16 bytes for an encoded partition key: partitions stand in the order of a hash, as in DynamoDB, and long keys stay short. */
export function hashKey(encoded: Uint8Array): Uint8Array {
  return hash("sha256", encoded, "buffer").subarray(0, PARTITION_BYTES);
}

/** The least byte string that is greater than every string beginning with `prefix`; undefined for none (all 0xff). */
export function afterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return undefined;
  const after = Uint8Array.from(prefix.subarray(0, length));
  after[length - 1]!++;
  return after;
}

/** The end of all keys that begin with `prefix`, which begins with a space: that is never all 0xff. */
export const endOf = (prefix: Uint8Array): Uint8Array => {
  const end = afterPrefix(prefix);
  if (end === undefined) throw new Error("a key prefix without an end");
  return end;
};

/** A range of encoded sort keys behind the prefix of their partition. */
export const rangeWithin = (prefix: Uint8Array, { start, end }: KeyRange): Required<KeyRange> => ({
  start: start === undefined ? prefix : Buffer.concat([prefix, start]),
  end: end === undefined ? endOf(prefix) : Buffer.concat([prefix, end]),
});

/**
 * The encoded sort keys that conditions on their first attributes select; whatever follows them is included.
 * @param conditions all but the last are equalities
 */
export function sortKeyRange(conditions: readonly SortKeyCondition[]): KeyRange {
  const last = conditions.at(-1);
  if (last === undefined) return {};
  const range = valueRange(last);
  if (conditions.length === 1) return range;
  const prefix = encodeKey(conditions.slice(0, -1).flatMap(comparedValues));
  const { start = NO_BYTES, end } = range;
  return bounded(
    Buffer.concat([prefix, start]),
    end === undefined ? afterPrefix(prefix) : Buffer.concat([prefix, end]),
  );
}

function valueRange(condition: SortKeyCondition): KeyRange {
  if (condition.operator === "BETWEEN") {
    return bounded(encodeKeyValue(condition.low), afterPrefix(encodeKeyValue(condition.high)));
  }
  if (condition.operator === "begins_with") {
    const prefix = escaped(bytesOf(condition.value));
    return bounded(prefix, afterPrefix(prefix));
  }
  const key = encodeKeyValue(condition.value);
  switch (condition.operator) {
    case "=":
      return bounded(key, afterPrefix(key));
    case "<":
      return bounded(undefined, key);
    case "<=":
      return bounded(undefined, afterPrefix(key));
    case ">":
      return bounded(afterPrefix(key), undefined);
    case ">=":
      return bounded(key, undefined);
  }
}

const bounded = (start: Uint8Array | undefined, end: Uint8Array | undefined): KeyRange => ({
  ...(start && { start }),
  ...(end && { end }),
});

function bytesOf(value: AttributeValue): Buffer {
  if ("S" in value) return Buffer.from(value.S, "utf8");
  if ("B" in value) return Buffer.from(value.B, "base64");
  throw new TypeError("a key value is a string, a number or binary");
}

/** Zero bytes become 00 ff, so that the terminator 00 00 sorts before any continuation. */
function escaped(bytes: Buffer): Buffer {
  let zeros = 0;
  for (const byte of bytes) if (byte === ESCAPE) zeros++;
  if (zeros === 0) return bytes;
  const result = Buffer.allocUnsafe(bytes.length + zeros);
  let at = 0;
  for (const byte of bytes) {
    result[at++] = byte;
    if (byte === ESCAPE) result[at++] = ESCAPED_ZERO;
  }
  return result;
}

function terminated(bytes: Buffer): Buffer {
  const result = Buffer.allocUnsafe(bytes.length + 2);
  result.set(bytes);
  result[bytes.length] = ESCAPE;
  result[bytes.length + 1] = TERMINATOR;
  return result;
}
