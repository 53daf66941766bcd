import { attributeOf, type AttributeValue, type Item } from "./attribute-value.ts";
import type { KeyAttribute } from "./expressions/index.ts";
import { encodeKey, hashKey } from "./key-order.ts";
import type { Index, Keys, Table } from "./model.ts";

/*
 * Keys of the storage. A space (4 bytes) is a table or an index; in it, partitions stand in the order of a hash of their
 * key (16 bytes), and the items of a partition in the order of their sort key. A key of several attributes is their encodings, one
 * after the other:
 *
 *   table item    space · hash of partition key · encoded sort key
 *   index entry   space · hash of the index's partition key · encoded sort key of the index · table key
 */
export const SPACE_BYTES = 4;
/** What all keys of one partition have in common, see `partitionPrefix`. */
export const PARTITION_PREFIX_BYTES = SPACE_BYTES + 16;
/** Longer sort keys stand as their hash at the end of an index entry's key, which has room for 4,026 bytes in all. */
const LONGEST_TAIL_BYTES = 255;
export const LONGEST_PARTITION_KEY_BYTES = 2048;
export const LONGEST_SORT_KEY_BYTES = 1024;

function valuesOf(item: Item, attributes: readonly KeyAttribute[]): AttributeValue[] {
  const values: AttributeValue[] = [];
  for (const { name } of attributes) {
    const value = attributeOf(item, name);
    if (value === undefined) throw new Error(`item without its key attribute ${name}`);
    values.push(value);
  }
  return values;
}

const encoded = (item: Item, attributes: readonly KeyAttribute[]): Uint8Array => encodeKey(valuesOf(item, attributes));

export function spacePrefix(space: number): Buffer {
  const prefix = Buffer.allocUnsafe(SPACE_BYTES);
  prefix.writeUInt32BE(space);
  return prefix;
}

/** What all keys of one partition begin with. */
export const partitionPrefix = (space: number, partition: readonly AttributeValue[]): Buffer =>
  Buffer.concat([spacePrefix(space), hashKey(encodeKey(partition))]);

/** That of the partition of an index in which the entry of an item stands that has the keys of the index. */
export const entryPartition = ({ space, keys }: Index, item: Item): Buffer =>
  partitionPrefix(space, valuesOf(item, keys.partition));

/** Where the item stands whose key attributes `item` has (it may have more). */
export function itemKey(table: Table, item: Item): Buffer {
  const hash = hashKey(encoded(item, table.keys.partition));
  const sort = encoded(item, table.keys.sort);
  const key = Buffer.allocUnsafe(SPACE_BYTES + hash.length + sort.length);
  key.writeUInt32BE(table.space);
  key.set(hash, SPACE_BYTES);
  key.set(sort, SPACE_BYTES + hash.length);
  return key;
}

/** The first 32 bits of the hash of the partition key, from the key of a table item. */
export const partitionHash = (key: Uint8Array): number =>
  new DataView(key.buffer, key.byteOffset, key.byteLength).getUint32(SPACE_BYTES);

/** Where the item's entry of an index stands; the item has the keys of the index. */
export function indexEntryKey(table: Table, index: Index, item: Item): Buffer {
  const { partition, sort } = index.keys;
  const parts = [spacePrefix(index.space), hashKey(encoded(item, partition)), encoded(item, sort)];
  parts.push(hashKey(encoded(item, table.keys.partition)));
  if (table.keys.sort.length > 0) {
    const tail = encoded(item, table.keys.sort);
    if (tail.length <= LONGEST_TAIL_BYTES) parts.push(Uint8Array.of(0), tail);
    else parts.push(Uint8Array.of(1), hashKey(tail));
  }
  return Buffer.concat(parts);
}

/**
 * Whether the item has the key attributes of an index, with the types of its schema: only then is it in it. One that was put before
 * the index may have values that are no keys, empty or too long: the index goes without it.
 */
export const hasKeys = (item: Item, { partition, sort }: Keys): boolean =>
  hasKey(item, partition, LONGEST_PARTITION_KEY_BYTES) && hasKey(item, sort, LONGEST_SORT_KEY_BYTES);

function hasKey(item: Item, attributes: readonly KeyAttribute[], longestBytes: number): boolean {
  let bytes = 0;
  for (const { name, type } of attributes) {
    const value = attributeOf(item, name);
    if (value === undefined || !(type in value)) return false;
    const size = keyBytes(value);
    if (size === 0 && type !== "N") return false;
    bytes += size;
  }
  return bytes <= longestBytes;
}

/** What a key value counts towards the greatest length of a key; numbers are never too long. */
export function keyBytes(value: AttributeValue): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  return "B" in value ? Buffer.byteLength(value.B, "base64") : 0;
}

/** The keys of one of `totalSegments` equal parts of a space, by the hash of the partition key. */
export function segmentRange(space: number, segment: number, totalSegments: number): { start: Buffer; end: Buffer } {
  const boundary = (of: number): Buffer => {
    if (of === totalSegments) return spacePrefix(space + 1);
    const hash = Buffer.alloc(SPACE_BYTES);
    hash.writeUInt32BE(Math.ceil((of / totalSegments) * 2 ** 32));
    return Buffer.concat([spacePrefix(space), hash]);
  };
  return { start: boundary(segment), end: boundary(segment + 1) };
}
