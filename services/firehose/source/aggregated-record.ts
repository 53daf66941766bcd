import { createHash } from "node:crypto";

/** One of the records that the Kinesis Producer Library has put into one. */
export interface InnerRecord {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const MD5_BYTES = 16;

/**
 * Takes an aggregated record of the Kinesis Producer Library apart: a magic number, a protocol buffers message, its MD5.
 * @returns undefined for a record of any other form
 * @see https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 */
export function innerRecords(data: Buffer): InnerRecord[] | undefined {
  if (data.byteLength < MAGIC.byteLength + MD5_BYTES || !data.subarray(0, MAGIC.byteLength).equals(MAGIC))
    return undefined;
  const message = data.subarray(MAGIC.byteLength, -MD5_BYTES);
  if (!createHash("md5").update(message).digest().equals(data.subarray(-MD5_BYTES))) return undefined;
  const keys: string[] = [];
  const records: { readonly keyIndex: number; readonly data: Uint8Array }[] = [];
  for (const { field, value } of fields(message)) {
    if (typeof value === "number") continue;
    if (field === 1) keys.push(value.toString("utf8"));
    if (field === 3) records.push(innerRecord(value));
  }
  return records.map(({ keyIndex, data: inner }) => ({ partitionKey: keys[keyIndex] ?? "", data: inner }));
}

function innerRecord(message: Buffer): { keyIndex: number; data: Uint8Array } {
  let keyIndex = 0;
  let data = Buffer.alloc(0);
  for (const { field, value } of fields(message)) {
    if (field === 1 && typeof value === "number") keyIndex = value;
    if (field === 3 && typeof value !== "number") data = Buffer.from(value);
  }
  return { keyIndex, data };
}

/** The fields of a message that are numbers (wire type 0) or have a length (2); the library writes no others. */
function* fields(message: Buffer): Generator<{ field: number; value: number | Buffer }> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError("an aggregated record ends within a number");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.byteLength) {
    const tag = varint();
    const field = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === 0) yield { field, value: varint() };
    else if (wireType === 2) {
      const end = varint() + at;
      yield { field, value: message.subarray(at, end) };
      at = end;
    } else throw new RangeError(`an aggregated record has a field of wire type ${wireType}`);
  }
}
