import type { Call } from "../../../../emulator/model/context.ts";
import type { InputOf, OutputOf } from "../../../../emulator/model/sdk.ts";
import { cannotAccessTableStream } from "../errors.ts";
import { compileFilters } from "../filter.ts";
import type { ListedShard } from "../lineage.ts";
import type { Position, SourceRecord } from "../model.ts";
import type { EventSource, SourceDescription } from "../source.ts";
import { ShardCursor, type ShardPage, type ShardPages } from "../shard-cursor.ts";
import { type RecordForm, StreamReader } from "../stream-reader.ts";
import { instant } from "../window.ts";
import { checkStream, type SourceScope, streamRules } from "./stream.ts";

type TableRecord = NonNullable<OutputOf<"dynamodb-streams", "GetRecords">["Records"]>[number];

const SERVICE = "dynamodb-streams";
const RETENTION_MS = 24 * 3_600_000;
const READING = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];

/** The stream of a DynamoDB table. */
export function dynamodbSource(scope: SourceScope): EventSource {
  const { host, call, mapping } = scope;
  const streamArn = mapping.eventSourceArn;
  const needs = READING.map((operation) => ({ action: `dynamodb:${operation}`, resource: streamArn }));
  const describe = async (): Promise<SourceDescription> => {
    const { StreamDescription } = await call(SERVICE, "DescribeStream", { StreamArn: streamArn, Limit: 1 });
    return { createdAt: StreamDescription?.CreationRequestDateTime?.getTime() ?? 0 };
  };
  return {
    ...streamRules(mapping, {
      batchInfo: "DDBStreamBatchInfo",
      streamArn,
      instant,
      retentionMs: () => Promise.resolve(RETENTION_MS),
    }),
    topic: `dynamodb-streams:${streamArn}`,
    needs,
    check: () => checkStream(host, mapping, { needs, describe, refusal: () => cannotAccessTableStream(streamArn) }),
    describe,
    listShards: () => listShards(call, streamArn),
    async latestIterator(ShardId) {
      const input = { StreamArn: streamArn, ShardId, ShardIteratorType: "LATEST" } as const;
      return (await call(SERVICE, "GetShardIterator", input)).ShardIterator;
    },
    open(shardId, place) {
      const shard = new TableShard(scope, shardId, place.position);
      const cursor = new ShardCursor(shard, host.clock, place.position, place.iterator);
      return new StreamReader(shard, cursor, host.clock, place);
    },
  };
}

async function listShards(call: Call, StreamArn: string): Promise<ListedShard[]> {
  const shards: ListedShard[] = [];
  let after: string | undefined;
  do {
    const { StreamDescription } = await call(SERVICE, "DescribeStream", {
      StreamArn,
      ...(after !== undefined && { ExclusiveStartShardId: after }),
    });
    for (const { ShardId = "", ParentShardId, SequenceNumberRange } of StreamDescription?.Shards ?? []) {
      const isClosed = Boolean(SequenceNumberRange?.EndingSequenceNumber);
      shards.push({ shardId: ShardId, parents: ParentShardId === undefined ? [] : [ParentShardId], isClosed });
    }
    after = StreamDescription?.LastEvaluatedShardId;
  } while (after !== undefined);
  return shards;
}

/** Bytes far below the 1 MB at which GetRecords cuts its answer. */
const SMALL_ANSWER = 512 * 1024;

class TableShard implements ShardPages<TableRecord>, RecordForm<TableRecord> {
  readonly mostRecords = 1000;
  readonly matches: ((record: TableRecord) => boolean) | undefined;
  readonly #call: Call;
  readonly #streamArn: string;
  readonly #shardId: string;

  constructor({ call, mapping }: SourceScope, shardId: string, from: Position) {
    this.#call = call;
    this.#streamArn = mapping.eventSourceArn;
    this.#shardId = shardId;
    const filters = compileFilters(mapping.eventSourceArn, mapping.settings.filters);
    // a stream of a table has no AT_TIMESTAMP: behind a LATEST of which the iterator is lost, what is older is passed over
    const since = from.kind === "latest" ? Math.floor(from.atMs / 1000) * 1000 : 0;
    const isWanted = (record: TableRecord) =>
      this.arrivedAt(record) >= since && (!filters || filters.some(({ matches }) => matches(this.#element(record))));
    this.matches = filters || since > 0 ? isWanted : undefined;
  }

  async iterator(position: Position): Promise<string> {
    const at = { StreamArn: this.#streamArn, ShardId: this.#shardId };
    const { ShardIterator } = await this.#call(SERVICE, "GetShardIterator", {
      ...at,
      ...iteratorInput(position),
    }).catch((error: Error) => {
      if (error.name !== "TrimmedDataAccessException") throw error;
      return this.#call(SERVICE, "GetShardIterator", { ...at, ShardIteratorType: "TRIM_HORIZON" });
    });
    if (ShardIterator === undefined) throw new Error("GetShardIterator answered without an iterator");
    return ShardIterator;
  }

  async page(iterator: string, limit: number): Promise<ShardPage<TableRecord>> {
    const { Records: records = [], NextShardIterator } = await this.#call(SERVICE, "GetRecords", {
      ShardIterator: iterator,
      Limit: limit,
    });
    const bytes = records.reduce((sum, { dynamodb }) => sum + (dynamodb?.SizeBytes ?? 0), 0);
    return { records, next: NextShardIterator, isAtTip: records.length < limit && bytes < SMALL_ANSWER };
  }

  sequenceNumberOf({ dynamodb }: TableRecord): string {
    return dynamodb?.SequenceNumber ?? "";
  }

  arrivedAt({ dynamodb }: TableRecord): number {
    return dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0;
  }

  render(record: TableRecord, readAt: number, ordinal: number): SourceRecord {
    const json = JSON.stringify(this.#element(record));
    return {
      id: this.sequenceNumberOf(record),
      // order is kept for each item
      partitionKey: JSON.stringify(record.dynamodb?.Keys),
      arrivedAt: this.arrivedAt(record),
      readAt,
      json,
      sizeBytes: Buffer.byteLength(json),
      ordinal,
    };
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
  #element({ dynamodb, ...record }: TableRecord): object {
    const { eventID, eventName, eventVersion, eventSource, awsRegion, userIdentity } = record;
    return {
      eventID,
      eventName,
      eventVersion,
      eventSource,
      awsRegion,
      dynamodb: {
        ApproximateCreationDateTime: (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
        Keys: dynamodb?.Keys,
        ...(dynamodb?.NewImage && { NewImage: dynamodb.NewImage }),
        ...(dynamodb?.OldImage && { OldImage: dynamodb.OldImage }),
        SequenceNumber: dynamodb?.SequenceNumber,
        SizeBytes: dynamodb?.SizeBytes,
        StreamViewType: dynamodb?.StreamViewType,
      },
      ...(userIdentity && { userIdentity: { principalId: userIdentity.PrincipalId, type: userIdentity.Type } }),
      eventSourceARN: this.#streamArn,
    };
  }
}

type IteratorInput = Pick<InputOf<"dynamodb-streams", "GetShardIterator">, "ShardIteratorType" | "SequenceNumber">;

const iteratorInput = (position: Position): IteratorInput =>
  position.kind === "after"
    ? { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: position.sequenceNumber }
    : { ShardIteratorType: "TRIM_HORIZON" };
