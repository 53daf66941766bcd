import { ACCOUNT, REGION } from "../fake-aws.ts";

export const TABLE_STREAM_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/numbers/stream/2026-01-01T00:00:00.000`;

type Input = Readonly<Record<string, unknown>>;
type KinesisCall = (operation: string, input: Input) => Promise<unknown>;

interface KinesisShards {
  readonly Shards: readonly { readonly ParentShardId?: string }[];
}

interface KinesisPage {
  readonly NextShardIterator?: string;
  readonly Records: readonly {
    readonly SequenceNumber: string;
    readonly PartitionKey: string;
    readonly Data: string;
    readonly ApproximateArrivalTimestamp: Date;
  }[];
}

/** The stream of a table, made of a Kinesis stream: each record is an item that was put, its key the partition key. */
export async function callTableStream(kinesis: KinesisCall, operation: string, input: Input): Promise<unknown> {
  if (operation === "DescribeStream") {
    const { Shards } = (await kinesis("ListShards", {})) as KinesisShards;
    return {
      StreamDescription: { StreamStatus: "ENABLED", CreationRequestDateTime: new Date(0), Shards },
    };
  }
  if (operation === "GetShardIterator") {
    return kinesis(operation, { ...input, StartingSequenceNumber: input["SequenceNumber"] });
  }
  const { Records, NextShardIterator } = (await kinesis(operation, input)) as KinesisPage;
  return { NextShardIterator, Records: Records.map(itemRecord) };
}

function itemRecord({
  SequenceNumber,
  PartitionKey,
  Data,
  ApproximateArrivalTimestamp,
}: KinesisPage["Records"][number]) {
  const { isMatched } = JSON.parse(Buffer.from(Data, "base64").toString()) as {
    isMatched: boolean;
  };
  return {
    eventID: SequenceNumber,
    eventName: "INSERT",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: ApproximateArrivalTimestamp,
      Keys: { id: { S: PartitionKey } },
      NewImage: { id: { S: PartitionKey }, isMatched: { BOOL: isMatched }, data: { S: Data } },
      SequenceNumber,
      SizeBytes: 10,
      StreamViewType: "NEW_IMAGE",
    },
  };
}

/** The key of an item, as what keeps its changes in order. */
export const keysOf = (partitionKey: string): string => JSON.stringify({ id: { S: partitionKey } });

/** Sequence numbers of an event of either kind of stream. */
export const sequenceNumbersOf = (event: unknown): string[] =>
  (event as StreamEvent).Records.map(
    ({ kinesis, dynamodb }) => kinesis?.sequenceNumber ?? dynamodb?.SequenceNumber ?? "",
  );

interface StreamEvent {
  readonly Records: readonly {
    readonly kinesis?: { readonly sequenceNumber: string };
    readonly dynamodb?: { readonly SequenceNumber: string };
  }[];
}
