import { createHash } from "node:crypto";
import { PbfReader } from "pbf";

/** One of the records that the Kinesis Producer Library has put into one. */
export interface InnerRecord {
  readonly partitionKey: string;
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

/** What an aggregated record begins with; the digest of the message between them ends it. */
const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const DIGEST_BYTES = 16;

/**
 * Takes an aggregated record of the Kinesis Producer Library apart. What only looks like one (another digest, another message) is none,
 * as it is for the Kinesis Client Library.
 * @returns undefined for any other record
 * @see https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 */
export function innerRecords(data: Buffer): InnerRecord[] | undefined {
  if (data.length <= MAGIC.length + DIGEST_BYTES || !data.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const message = data.subarray(MAGIC.length, -DIGEST_BYTES);
  if (!createHash("md5").update(message).digest().equals(data.subarray(-DIGEST_BYTES))) return undefined;
  const aggregated: Aggregated = { partitionKeys: [], explicitHashKeys: [], records: [] };
  try {
    new PbfReader(message).readFields(readAggregated, aggregated);
  } catch {
    return undefined;
  }
  return withKeys(aggregated);
}

/** AggregatedRecord: each key stands once, and records have their places. */
interface Aggregated {
  readonly partitionKeys: string[];
  readonly explicitHashKeys: string[];
  readonly records: { partitionKey?: number; explicitHashKey?: number; data?: Uint8Array }[];
}

function readAggregated(field: number, aggregated: Aggregated, reader: PbfReader): void {
  if (field === 1) aggregated.partitionKeys.push(reader.readString());
  else if (field === 2) aggregated.explicitHashKeys.push(reader.readString());
  else if (field === 3) aggregated.records.push(reader.readMessage(readRecord, {}));
}

function readRecord(field: number, record: Aggregated["records"][number], reader: PbfReader): void {
  if (field === 1) record.partitionKey = reader.readVarint();
  else if (field === 2) record.explicitHashKey = reader.readVarint();
  else if (field === 3) record.data = reader.readBytes();
}

/** Undefined when a record has no key, no data, or a key that is not there. */
function withKeys({ partitionKeys, explicitHashKeys, records }: Aggregated): InnerRecord[] | undefined {
  const inner: InnerRecord[] = [];
  for (const { partitionKey: place, explicitHashKey: hashPlace, data } of records) {
    const partitionKey = place === undefined ? undefined : partitionKeys[place];
    const explicitHashKey = hashPlace === undefined ? undefined : explicitHashKeys[hashPlace];
    if (partitionKey === undefined || data === undefined) return undefined;
    if (hashPlace !== undefined && explicitHashKey === undefined) return undefined;
    inner.push({ partitionKey, data, ...(explicitHashKey !== undefined && { explicitHashKey }) });
  }
  return inner;
}
