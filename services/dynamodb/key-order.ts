import type { AttributeValue } from "./attribute-value.ts";
import type { SortKeyCondition } from "./expressions/index.ts";

/** Half-open range of encoded sort keys: start <= key < end. */
export interface KeyRange {
  readonly start?: Uint8Array;
  readonly end?: Uint8Array;
}

/**
 * Bytes of one key value (S, N or B) that order as the values do. Self-delimiting: no encoding is a prefix of another, so
 * that encodings can stand one after the other in a composite key. At most twice the value's bytes plus 2.
 */
export function encodeKeyValue(_value: AttributeValue): Uint8Array {
  throw new Error("not there yet");
}

/** 16 bytes for a partition key: partitions stand in the order of a hash, as in DynamoDB, and long keys stay short. */
export function hashKeyValue(_value: AttributeValue): Uint8Array {
  throw new Error("not there yet");
}

/** The least byte string that is greater than every string beginning with `prefix`; undefined for none (all 0xff). */
export function afterPrefix(_prefix: Uint8Array): Uint8Array | undefined {
  throw new Error("not there yet");
}

/** The encoded sort keys that a KeyConditionExpression's sort key condition selects; whatever follows them is included. */
export function sortKeyRange(_condition: SortKeyCondition): KeyRange {
  throw new Error("not there yet");
}
