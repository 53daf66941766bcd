import { batchTooLarge } from "../errors.ts";
import type { Operation } from "../index.ts";
import { record } from "../metrics.ts";
import { puttableStream } from "../puttable.ts";

const LIMIT_MIB = 4;

/**
 * Takes up to 500 records and 4 MiB. They are kept together or not at all: nothing fails record by record here.
 * @throws ResourceNotFoundException, InvalidArgumentException, InvalidSourceException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
export const putRecordBatch: Operation<"PutRecordBatch"> = (ctx, input) => {
  const stream = puttableStream(ctx, input.DeliveryStreamName);
  const data = input.Records.map((entry) => entry.Data);
  const bytes = data.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes > LIMIT_MIB * 1024 * 1024) throw batchTooLarge(LIMIT_MIB);
  ctx.engine.accept(ctx, stream, { data, arrivedAt: ctx.clock.now() });
  record(ctx, ctx, stream.name, {
    IncomingBytes: bytes,
    IncomingRecords: data.length,
    IncomingPutRequests: 1,
    "PutRecordBatch.Bytes": bytes,
    "PutRecordBatch.Records": data.length,
  });
  const id = ctx.ids.hex(48);
  return {
    FailedPutCount: 0,
    Encrypted: stream.encryption.status === "ENABLED",
    RequestResponses: data.map((_, index) => ({ RecordId: `${id}${String(index).padStart(8, "0")}` })),
  };
};
