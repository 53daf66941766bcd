import type { Operation } from "../index.ts";
import { record } from "../metrics.ts";
import { puttableStream } from "../puttable.ts";

/**
 * Takes one record of up to 1,000 KiB. When it is answered, it is kept until it is in S3.
 * @throws ResourceNotFoundException, InvalidArgumentException, InvalidSourceException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecord.html
 */
export const putRecord: Operation<"PutRecord"> = (ctx, input) => {
  const stream = puttableStream(ctx, input.DeliveryStreamName);
  const { Data: data } = input.Record;
  ctx.engine.accept(ctx, stream, { data: [data], arrivedAt: ctx.clock.now() });
  record(ctx, ctx, stream.name, {
    IncomingBytes: data.byteLength,
    IncomingRecords: 1,
    IncomingPutRequests: 1,
    "PutRecord.Bytes": data.byteLength,
  });
  return { RecordId: ctx.ids.hex(56), Encrypted: stream.encryption.status === "ENABLED" };
};
