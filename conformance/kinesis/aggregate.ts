import { createHash } from "node:crypto";
import { PbfWriter } from "pbf";

export interface UserRecord {
  readonly partitionKey: string;
  readonly explicitHashKey?: string;
  readonly data: string;
}

/** The data of one Kinesis record that holds these, as the Kinesis Producer Library makes it: the suite of the KCL says that it is. */
export function aggregate(records: readonly UserRecord[]): Buffer {
  const partitionKeys = [...new Set(records.map(({ partitionKey }) => partitionKey))];
  const hashKeys = [...new Set(records.flatMap(({ explicitHashKey }) => explicitHashKey ?? []))];
  const writer = new PbfWriter();
  for (const key of partitionKeys) writer.writeStringField(1, key);
  for (const key of hashKeys) writer.writeStringField(2, key);
  for (const record of records) {
    writer.writeMessage(
      3,
      ({ partitionKey, explicitHashKey, data }: UserRecord, inner: PbfWriter) => {
        inner.writeVarintField(1, partitionKeys.indexOf(partitionKey));
        if (explicitHashKey !== undefined) inner.writeVarintField(2, hashKeys.indexOf(explicitHashKey));
        inner.writeBytesField(3, Buffer.from(data));
      },
      record,
    );
  }
  return enveloped(writer.finish());
}

/** A message between the magic number and its digest. */
export const enveloped = (message: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from("f3899ac2", "hex"), message, createHash("md5").update(message).digest()]);
