import { dataTooLong, invalidHashKey, recordTooLong } from "./errors.ts";
import { fromDecimal, hashKeyOf } from "./hash-key.ts";
import type { NewRecord } from "./model.ts";
import { decodedLength } from "./record-log.ts";

interface Entry {
  /** Required by the constraints: streams with the record distribution strategy AUTO, which need none, are refused. */
  readonly PartitionKey?: string | undefined;
  readonly Data: string;
  readonly ExplicitHashKey?: string | undefined;
}

/** Longest partition key in bytes: 256 characters of four. */
const LONGEST_KEY_BYTES = 1024;

/**
 * Checks one record and gives it its hash key. `index` is its place in PutRecords.
 * @throws ValidationException, InvalidArgumentException
 */
export function admit(entry: Entry, limitBytes: number, index?: number): NewRecord {
  const { PartitionKey: partitionKey = "", Data: data, ExplicitHashKey: explicit } = entry;
  if (data.length * 0.75 > limitBytes - LONGEST_KEY_BYTES) {
    const sizeBytes = decodedLength(data);
    if (sizeBytes > limitBytes) throw dataTooLong(index, sizeBytes, limitBytes);
    if (sizeBytes + Buffer.byteLength(partitionKey) > limitBytes) throw recordTooLong(index, limitBytes);
  }
  if (explicit === undefined) return { partitionKey, data, hashKey: hashKeyOf(partitionKey) };
  const hashKey = fromDecimal(explicit);
  if (hashKey === undefined) throw invalidHashKey(explicit);
  return { partitionKey, data, hashKey };
}

/** `recordSize` where it need not be exact: keys may have more bytes than characters. */
export const roughSize = ({ data, partitionKey }: Pick<NewRecord, "data" | "partitionKey">): number =>
  decodedLength(data) + partitionKey.length;

/** In bytes, of the data and the partition key. */
export const recordSize = ({ data, partitionKey }: Pick<NewRecord, "data" | "partitionKey">): number =>
  decodedLength(data) + Buffer.byteLength(partitionKey);
