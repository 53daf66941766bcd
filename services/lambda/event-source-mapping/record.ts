import type { StreamRecord } from "./model.ts";

/** What Kinesis answers for a record; its data stays base64 text from the wire to the event. */
export interface KinesisRecord {
  readonly SequenceNumber?: string;
  readonly PartitionKey?: string;
  readonly Data?: string;
  readonly ApproximateArrivalTimestamp?: Date;
}

export interface RecordSource {
  readonly shardId: string;
  readonly streamArn: string;
  readonly region: string;
  /** ARN of the function's role. */
  readonly role: string;
}

const HEAD = '{"Records":[';
const TAIL = "]}";

/** Bytes of the event beside its records. */
export const ENVELOPE_BYTES = HEAD.length + TAIL.length;

/** The event as its text: members and their order are AWS's. */
export const eventOf = (records: readonly Pick<StreamRecord, "json">[]): string =>
  HEAD + records.map((record) => record.json).join(",") + TAIL;

/**
 * Renders records of one shard as elements of the event.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html#services-kinesis-event-example
 */
export class RecordRenderer {
  readonly #shardId: string;
  readonly #tail: string;

  constructor(source: RecordSource) {
    this.#shardId = source.shardId;
    this.#tail =
      `","eventName":"aws:kinesis:record","invokeIdentityArn":${JSON.stringify(source.role)},` +
      `"awsRegion":${JSON.stringify(source.region)},"eventSourceARN":${JSON.stringify(source.streamArn)}}`;
  }

  render(record: KinesisRecord, ordinal: number, readAt: number): StreamRecord {
    const sequenceNumber = record.SequenceNumber ?? "";
    const partitionKey = record.PartitionKey ?? "";
    const arrivedAt = record.ApproximateArrivalTimestamp?.getTime() ?? readAt;
    const json =
      `{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":${JSON.stringify(partitionKey)},` +
      `"sequenceNumber":"${sequenceNumber}","data":"${record.Data ?? ""}",` +
      `"approximateArrivalTimestamp":${arrivedAt / 1000}},"eventSource":"aws:kinesis","eventVersion":"1.0",` +
      `"eventID":"${this.#shardId}:${sequenceNumber}${this.#tail}`;
    return { sequenceNumber, partitionKey, arrivedAt, readAt, json, sizeBytes: Buffer.byteLength(json), ordinal };
  }
}
