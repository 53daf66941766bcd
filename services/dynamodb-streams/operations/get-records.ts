import { hash } from "node:crypto";
import type { OutputOf } from "../../../emulator/model/sdk.ts";
import { wireItem } from "../../dynamodb/wire.ts";
import type { Stream } from "../../dynamodb/streams/model.ts";
import { sequenceNumber } from "../../dynamodb/streams/sequence-number.ts";
import { limitTooHigh, shardNotFound, trimmed } from "../errors.ts";
import type { Operation } from "../index.ts";
import { openIterator, sealIterator } from "../iterator.ts";
import { recordsRead } from "../metrics.ts";
import type { ReadRecord } from "../store.ts";

type WireRecord = NonNullable<OutputOf<"dynamodb-streams", "GetRecords">["Records"]>[number];

const MOST_RECORDS = 1000;
const MOST_BYTES = 1024 * 1024;

/**
 * Reads a shard from an iterator on: up to 1,000 records or 1 MB. At the end of a closed shard there is no next iterator.
 * @throws ValidationException, ResourceNotFoundException, ExpiredIteratorException, TrimmedDataAccessException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 */
export const getRecords: Operation<"GetRecords"> = (ctx, input) => {
  const startedAt = performance.now();
  const { Limit: limit = MOST_RECORDS } = input;
  if (limit > MOST_RECORDS) throw limitTooHigh(limit, MOST_RECORDS);
  const iterator = openIterator(ctx, input.ShardIterator);
  const stream = ctx.store.find(iterator.streamArn);
  if (stream === undefined || stream.id !== iterator.streamId) throw shardNotFound();
  const shard = ctx.store.shards(stream).find(({ number }) => number === iterator.shardNumber);
  // whoever has an iterator has seen the shard: it has been closed for a day
  if (shard === undefined) throw trimmed();

  const page = ctx.store.read(stream, shard, iterator.position, limit, MOST_BYTES);
  recordsRead(ctx, stream, page.records, performance.now() - startedAt);
  return {
    Records: page.records.map((record) => wireRecord(record, stream, ctx.region)),
    ...(!page.isAtEnd && { NextShardIterator: sealIterator(ctx, stream, shard, page.next) }),
  };
};

const wireRecord = (record: ReadRecord, stream: Stream, awsRegion: string): WireRecord => ({
  eventID: hash("md5", `${stream.arn} ${stream.id} ${record.position}`, "hex"),
  eventName: record.eventName,
  eventVersion: "1.1",
  eventSource: "aws:dynamodb",
  awsRegion,
  dynamodb: {
    ApproximateCreationDateTime: new Date(Math.floor(record.createdAt / 1000) * 1000),
    Keys: wireItem(record.keys),
    ...(record.newImage !== undefined && { NewImage: wireItem(record.newImage) }),
    ...(record.oldImage !== undefined && { OldImage: wireItem(record.oldImage) }),
    SequenceNumber: sequenceNumber(stream, record.position),
    SizeBytes: record.sizeBytes,
    StreamViewType: stream.viewType,
  },
  ...(record.expired && { userIdentity: { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" } }),
});
