/** Everything of one account and region. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

export type StreamType = "DirectPut" | "KinesisStreamAsSource";
export type StreamStatus = "CREATING" | "ACTIVE" | "DELETING";

export interface BufferingHints {
  /** MiB. */
  readonly sizeMiB: number;
  readonly intervalSeconds: number;
}

export interface LoggingOptions {
  readonly enabled: boolean;
  readonly group?: string;
  readonly stream?: string;
}

export type Compression = "UNCOMPRESSED" | "GZIP" | "ZIP";

/** Where objects go: the destination itself, or its backup. */
export interface S3Target {
  readonly roleArn: string;
  readonly bucketArn: string;
  readonly prefix?: string;
  readonly errorOutputPrefix?: string;
  readonly buffering: BufferingHints;
  readonly compression: Compression;
  readonly logging: LoggingOptions;
}

export type ProcessorType =
  | "RecordDeAggregation"
  | "Decompression"
  | "CloudWatchLogProcessing"
  | "Lambda"
  | "MetadataExtraction"
  | "AppendDelimiterToRecord";

export interface Processor {
  readonly type: ProcessorType;
  /** Names and values in the order in which DescribeDeliveryStream answers them. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

export interface Destination extends S3Target {
  readonly processing: { readonly enabled: boolean; readonly processors: readonly Processor[] };
  readonly backup?: S3Target;
  /** Undefined: never configured. */
  readonly dynamicPartitioning?: { readonly enabled: boolean; readonly retrySeconds: number };
  /** `DataFormatConversionConfiguration` was given, as switched off. */
  readonly conversionOff?: true;
  readonly fileExtension?: string;
  readonly timeZone?: string;
}

export interface Encryption {
  readonly status: "ENABLING" | "ENABLED" | "DISABLING" | "DISABLED";
  readonly keyType?: "AWS_OWNED_CMK" | "CUSTOMER_MANAGED_CMK";
  readonly keyArn?: string;
}

export interface DeliveryStream {
  readonly name: string;
  /** Of this stream alone: a stream that takes a deleted one's name has another. */
  readonly id: string;
  readonly status: StreamStatus;
  readonly type: StreamType;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt?: number;
  readonly version: number;
  readonly throughputHintMBs?: number;
  /** Read from `createdAt` on. */
  readonly source?: { readonly streamArn: string; readonly roleArn: string };
  readonly destination: Destination;
  readonly encryption: Encryption;
  /** When the encryption was switched, epoch milliseconds: 25 times in 24 hours. */
  readonly encryptionCalls: readonly number[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Which buffer of a stream: records to be processed, to be delivered, to be backed up, or lines about those that failed. */
export type LaneKind = "process" | "deliver" | "backup" | "error";

export interface LaneId {
  readonly kind: LaneKind;
  /** Of `deliver`: the hash of the partition keys; of `error`: the error output type. */
  readonly part: string;
}

/** What stands for "not partitioned". */
export const WHOLE = "-";

/** Values of the partition keys of dynamic partitioning, by key. */
export interface PartitionKeys {
  readonly query: Readonly<Record<string, string>>;
  readonly lambda: Readonly<Record<string, string>>;
}

/** Where a record stood in the source stream. */
export interface KinesisPlace {
  readonly shardId: string;
  readonly partitionKey: string;
  readonly sequenceNumber: string;
  /** Its place in a record of the Kinesis Producer Library, from 0. */
  readonly subsequenceNumber: number;
}

/** Records that were buffered together, one value in storage. */
export interface Segment {
  readonly data: readonly Uint8Array[];
  /** Approximate arrival of the oldest one, epoch milliseconds. */
  readonly arrivedAt: number;
  /** Of each record; only of those of a Kinesis stream. */
  readonly places?: readonly KinesisPlace[];
  readonly arrivals?: readonly number[];
  readonly partition?: PartitionKeys;
  /** What the records counted for when they came in (`DeliveryToS3.Bytes`), where it is not the sum of `data`. */
  readonly sourceBytes?: number;
}

/** A segment as its key tells of it. */
export interface Entry {
  readonly number: number;
  /** Epoch milliseconds. */
  readonly bufferedAt: number;
  /** Approximate arrival of the oldest record, epoch milliseconds. */
  readonly arrivedAt: number;
  readonly bytes: number;
  readonly count: number;
}

/** An object that is being written: decided before the first attempt, so that another one after a kill overwrites it. */
export interface Sealed {
  readonly key: string;
  readonly target: S3Target;
  /** The stream's version that the settings are of. */
  readonly version: number;
  /** Number of the last segment that is in the object. */
  readonly lastNumber: number;
  /** Arrival of the oldest record, epoch milliseconds. */
  readonly arrivedAt: number;
  readonly sealedAt: number;
  readonly bytes: number;
  readonly count: number;
  /** A line feed between records. */
  readonly delimited: boolean;
}
