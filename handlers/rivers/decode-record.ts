import type { KinesisStreamRecord } from "aws-lambda";

/** What the pipeline needs of one row of the CSV file. */
export interface RiverRow {
  readonly county: string;
}

/** One record of a batch, in the order of the shard: a row, or the reason why it is none. */
export interface DecodedRecord {
  readonly sequenceNumber: string;
  readonly row?: RiverRow;
  readonly malformed?: string;
}

/** DynamoDB's limit of a partition key in bytes. */
const COUNTY_LIMIT_BYTES = 2048;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Decodes a record without ever throwing: what is malformed now is malformed at every delivery. */
export function decodeRecord({ kinesis }: Pick<KinesisStreamRecord, "kinesis">): DecodedRecord {
  const { sequenceNumber, data } = kinesis;
  try {
    return { sequenceNumber, row: rowOf(JSON.parse(utf8.decode(Buffer.from(data, "base64")))) };
  } catch (error) {
    return { sequenceNumber, malformed: error instanceof Error ? error.message : String(error) };
  }
}

function rowOf(value: unknown): RiverRow {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not a JSON object");
  const county = "County" in value ? value.County : undefined;
  if (typeof county !== "string" || county.trim() === "") throw new Error("no County");
  // A lone surrogate has no UTF-8 form: DynamoDB would refuse the whole batch for it.
  if (/\p{Surrogate}/u.test(county)) throw new Error("County is not well-formed Unicode");
  if (Buffer.byteLength(county) > COUNTY_LIMIT_BYTES) throw new Error(`County is over ${COUNTY_LIMIT_BYTES} bytes`);
  return { county: county.trim() };
}
