import type { CreateTableCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record,
  type GetShardIteratorCommandInput,
  type Shard,
  type StreamViewType,
} from "@aws-sdk/client-dynamodb-streams";
import { createTable, describeTable, useDynamoDb, type Item } from "../dynamodb/support.ts";
import { useClient } from "../target.ts";

export const HOUR_MS = 3_600_000;

/** A target whose time the tests step, with clients. One for each file; every test takes a table of its own. */
export function useStreams() {
  const { target, client } = useDynamoDb({ manualClock: true });
  const streams = useClient(new DynamoDBStreamsClient({ ...target.clientConfig(), maxAttempts: 1 }));
  /** Steps the time past what a table needs to be ACTIVE again, or gone. */
  const settle = () => target.clock.advance(1);
  return {
    target,
    client,
    streams,
    settle,
    /** An ACTIVE table of one partition with a stream. */
    streamed: async (
      StreamViewType: StreamViewType = "NEW_AND_OLD_IMAGES",
      definition: Partial<CreateTableCommandInput> = {},
    ): Promise<{ table: string; arn: string }> => {
      const table = await createTable(client, {
        ...(definition.BillingMode === undefined && {
          ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
        }),
        StreamSpecification: { StreamEnabled: true, StreamViewType },
        ...definition,
      });
      await settle();
      return { table, arn: await latestStream(client, table) };
    },
  };
}

export const latestStream = async (client: DynamoDBClient, TableName: string): Promise<string> =>
  (await describeTable(client, TableName))?.LatestStreamArn ?? "";

/** All shards, whatever pages they come in. */
export async function shardsOf(streams: DynamoDBStreamsClient, StreamArn: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  let after: string | undefined;
  do {
    const answer = await streams.send(new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId: after }));
    shards.push(...(answer.StreamDescription?.Shards ?? []));
    after = answer.StreamDescription?.LastEvaluatedShardId;
  } while (after !== undefined);
  return shards;
}

export const isOpen = (shard: Shard): boolean => shard.SequenceNumberRange?.EndingSequenceNumber === undefined;

type Start = Pick<GetShardIteratorCommandInput, "ShardIteratorType" | "SequenceNumber">;

export async function iterator(
  streams: DynamoDBStreamsClient,
  StreamArn: string,
  ShardId: string | undefined,
  start: Start | NonNullable<Start["ShardIteratorType"]> = "TRIM_HORIZON",
): Promise<string> {
  const position = typeof start === "string" ? { ShardIteratorType: start } : start;
  const answer = await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ...position }));
  return answer.ShardIterator ?? "";
}

export const read = (streams: DynamoDBStreamsClient, ShardIterator: string | undefined, Limit?: number) =>
  streams.send(new GetRecordsCommand({ ShardIterator, ...(Limit !== undefined && { Limit }) }));

/** What a shard has from an iterator on: to its end, or to the first page without records. */
export async function drain(streams: DynamoDBStreamsClient, from: string): Promise<_Record[]> {
  const records: _Record[] = [];
  let next: string | undefined = from;
  while (next !== undefined) {
    const { Records = [], NextShardIterator }: Awaited<ReturnType<typeof read>> = await read(streams, next);
    if (Records.length === 0) break;
    records.push(...Records);
    next = NextShardIterator;
  }
  return records;
}

/** Every record of a stream, shard by shard, parents before children. */
export async function allRecords(streams: DynamoDBStreamsClient, arn: string): Promise<_Record[]> {
  const records: _Record[] = [];
  for (const { ShardId } of await shardsOf(streams, arn)) {
    records.push(...(await drain(streams, await iterator(streams, arn, ShardId))));
  }
  return records;
}

export const numberOf = (record: _Record | undefined): bigint => BigInt(record?.dynamodb?.SequenceNumber ?? -1);

/**
 * The items that a stream of both images tells of, by their partition key `pk`. Fails where a record does not follow from the
 * one before it.
 */
export function replayed(records: readonly _Record[]): Map<string, Item> {
  const items = new Map<string, Item>();
  for (const { eventName, dynamodb } of records) {
    const pk = dynamodb?.Keys?.["pk"]?.S ?? "";
    expect(dynamodb?.OldImage).toEqual(items.get(pk));
    const event = dynamodb?.OldImage === undefined ? "INSERT" : dynamodb.NewImage === undefined ? "REMOVE" : "MODIFY";
    expect(eventName).toBe(event);
    if (dynamodb?.NewImage === undefined) items.delete(pk);
    else items.set(pk, dynamodb.NewImage);
  }
  return items;
}
