import { createHash } from "node:crypto";
import type { KinesisStreamRecord, KinesisStreamRecordPayload } from "aws-lambda";
import { PbfReader } from "pbf";

/** One record of a producer's: a Kinesis record, or one of those that the Kinesis Producer Library has put into it. */
export interface UserRecord extends KinesisStreamRecordPayload {
  /** The place in an aggregated record: together with the sequence number it names the record. */
  readonly subSequenceNumber?: number;
  readonly explicitHashKey?: string;
}

/** What an aggregated record begins with; the digest of the message between them ends it. */
const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const DIGEST_BYTES = 16;

/**
 * The user records of a batch, in their order. Kinesis and Lambda deliver aggregated records as they were put. What only looks like
 * one (another digest, another message) is a record of its own, as it is for the Kinesis Client Library.
 * @see https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 */
export const deaggregate = (records: readonly KinesisStreamRecord[]): UserRecord[] =>
  records.flatMap(({ kinesis }) => userRecordsOf(kinesis) ?? [kinesis]);

function userRecordsOf(kinesis: KinesisStreamRecordPayload): UserRecord[] | undefined {
  const message = messageOf(Buffer.from(kinesis.data, "base64"));
  return message && recordsOf(message)?.map((own, subSequenceNumber) => ({ ...kinesis, ...own, subSequenceNumber }));
}

/** The message of an aggregated record; undefined for any other. */
function messageOf(data: Buffer): Buffer | undefined {
  if (data.length <= MAGIC.length + DIGEST_BYTES || !data.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const message = data.subarray(MAGIC.length, -DIGEST_BYTES);
  const digest = createHash("md5").update(message).digest();
  return digest.equals(data.subarray(-DIGEST_BYTES)) ? message : undefined;
}

type OwnMembers = Pick<UserRecord, "partitionKey" | "explicitHashKey" | "data">;

/** AggregatedRecord: the keys stand once each, records have their places. */
interface Aggregated {
  readonly partitionKeys: string[];
  readonly explicitHashKeys: string[];
  readonly records: { partitionKey?: number; explicitHashKey?: number; data?: string }[];
}

/** The records of a message; undefined for what is no message of the Producer Library's. */
function recordsOf(message: Uint8Array): OwnMembers[] | undefined {
  const aggregated: Aggregated = { partitionKeys: [], explicitHashKeys: [], records: [] };
  try {
    new PbfReader(message).readFields(readAggregated, aggregated);
  } catch {
    return undefined;
  }
  const records: OwnMembers[] = [];
  for (const { partitionKey: place, explicitHashKey: hashPlace, data } of aggregated.records) {
    const partitionKey = place === undefined ? undefined : aggregated.partitionKeys[place];
    const explicitHashKey = hashPlace === undefined ? undefined : aggregated.explicitHashKeys[hashPlace];
    const lacksHashKey = hashPlace !== undefined && explicitHashKey === undefined;
    if (partitionKey === undefined || data === undefined || lacksHashKey) return undefined;
    records.push({ partitionKey, data, ...(explicitHashKey !== undefined && { explicitHashKey }) });
  }
  return records;
}

function readAggregated(field: number, aggregated: Aggregated, reader: PbfReader): void {
  if (field === 1) aggregated.partitionKeys.push(reader.readString());
  else if (field === 2) aggregated.explicitHashKeys.push(reader.readString());
  else if (field === 3) aggregated.records.push(reader.readMessage(readRecord, {}));
}

function readRecord(field: number, record: Aggregated["records"][number], reader: PbfReader): void {
  if (field === 1) record.partitionKey = reader.readVarint();
  else if (field === 2) record.explicitHashKey = reader.readVarint();
  else if (field === 3) record.data = Buffer.from(reader.readBytes()).toString("base64");
}
