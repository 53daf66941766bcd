import type { Call } from "../../../../emulator/model/context.ts";
import type { OutputOf } from "../../../../emulator/model/sdk.ts";
import type { ListedShard } from "../lineage.ts";
import type { Position } from "../model.ts";
import type { ShardPage, ShardPages } from "../shard-cursor.ts";

/** What Kinesis answers for a record; its data stays base64 text from the wire to the event. */
export type KinesisRecord = NonNullable<OutputOf<"kinesis", "GetRecords">["Records"]>[number];

/** Open shards, and closed ones whose records have not all expired. */
export async function listShards(call: Call, streamArn: string): Promise<ListedShard[]> {
  const shards: ListedShard[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call(
      "kinesis",
      "ListShards",
      nextToken === undefined ? { StreamARN: streamArn } : { NextToken: nextToken },
    );
    for (const shard of page.Shards ?? []) {
      const parents = [shard.ParentShardId, shard.AdjacentParentShardId].filter(
        (id) => id !== undefined && id !== null,
      );
      const isClosed = Boolean(shard.SequenceNumberRange?.EndingSequenceNumber);
      shards.push({ shardId: shard.ShardId ?? "", parents, isClosed });
    }
    nextToken = page.NextToken ?? undefined;
  } while (nextToken !== undefined);
  return shards;
}

/** Characters of base64 far below the 10 MiB at which GetRecords cuts its answer. */
const SMALL_ANSWER = 4 * 1024 * 1024;

/** The calls that read one shard of a Kinesis stream. */
export class KinesisPages implements ShardPages<KinesisRecord> {
  readonly mostRecords = 10_000;
  readonly #call: Call;
  readonly #at: { readonly streamArn: string; readonly shardId: string };

  constructor(call: Call, at: { readonly streamArn: string; readonly shardId: string }) {
    this.#call = call;
    this.#at = at;
  }

  async iterator(position: Position): Promise<string> {
    const { ShardIterator } = await this.#call("kinesis", "GetShardIterator", {
      StreamARN: this.#at.streamArn,
      ShardId: this.#at.shardId,
      ...iteratorInput(position),
    });
    if (ShardIterator === undefined) throw new Error("GetShardIterator answered without an iterator");
    return ShardIterator;
  }

  async page(iterator: string, limit: number): Promise<ShardPage<KinesisRecord>> {
    const { Records: records = [], NextShardIterator } = await this.#call("kinesis", "GetRecords", {
      StreamARN: this.#at.streamArn,
      ShardIterator: iterator,
      Limit: limit,
    });
    // MillisBehindLatest tells less: it is 0 within a millisecond
    const isAtTip = records.length < limit && sizeOf(records) < SMALL_ANSWER;
    return { records, next: NextShardIterator ?? undefined, isAtTip };
  }

  sequenceNumberOf({ SequenceNumber = "" }: KinesisRecord): string {
    return SequenceNumber;
  }
}

const sizeOf = (records: readonly KinesisRecord[]): number =>
  records.reduce((sum, { Data }) => sum + (Data?.length ?? 0), 0);

/** The iterator that goes on at `position`; a sequence number that was trimmed goes on at the horizon by itself. */
function iteratorInput(position: Position) {
  switch (position.kind) {
    case "after":
      return {
        ShardIteratorType: "AFTER_SEQUENCE_NUMBER",
        StartingSequenceNumber: position.sequenceNumber,
      } as const;
    case "timestamp":
    case "latest":
      return { ShardIteratorType: "AT_TIMESTAMP", Timestamp: new Date(position.atMs) } as const;
    default:
      return { ShardIteratorType: "TRIM_HORIZON" } as const;
  }
}
