import type { KinesisPlace } from "../model.ts";

/** Why a record is not delivered but described in the error output. */
export interface Failure {
  /** The error output type: the name that `!{firehose:error-output-type}` stands for. */
  readonly type: "processing-failed" | "decompression-failed" | "metadata-extraction-failed" | "s3-delivery-failed";
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly endedAt: number;
  readonly lambdaArn?: string;
}

/** A record on its way through the processors; each of them changes it in place. */
export interface Item {
  /** Opaque; the same again when the record is processed again. */
  readonly id: string;
  data: Uint8Array;
  /** As it came in: what the error output shows. */
  readonly raw: Uint8Array;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
  readonly place?: KinesisPlace;
  isDropped?: true;
  failure?: Failure;
  /** `metadata.partitionKeys` of the function's answer. */
  lambdaKeys?: Readonly<Record<string, string>>;
  queryKeys?: Readonly<Record<string, string>>;
}

/** Neither dropped nor failed yet. */
export const isAlive = (item: Item): boolean => !item.isDropped && item.failure === undefined;

/**
 * A line of the error output.
 * @see https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
 */
export const errorLine = ({ arrivedAt, raw }: Pick<Item, "arrivedAt" | "raw">, failure: Failure): Buffer =>
  Buffer.from(
    `${JSON.stringify({
      attemptsMade: failure.attempts,
      arrivalTimestamp: arrivedAt,
      errorCode: failure.code,
      errorMessage: failure.message,
      attemptEndingTimestamp: failure.endedAt,
      rawData: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("base64"),
      ...(failure.lambdaArn !== undefined && { lambdaArn: failure.lambdaArn }),
    })}\n`,
  );
