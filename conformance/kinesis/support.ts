import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  type GetRecordsCommandOutput,
  type GetShardIteratorCommandInput,
  type Shard,
} from "@aws-sdk/client-kinesis";
import { callRaw } from "../raw-request.ts";
import { useClient, useTarget, type Target } from "../target.ts";

const SETTLE_MS = 100;
let names = 0;
export const uniqueName = (): string => `stream-${process.pid}-${names++}`;

/**
 * A target whose time the tests step, with a client. One for each file; every test takes a stream of its own. Where time stands
 * still, a shard with limits would soon take no more: only tests about the limits have them.
 */
export function useKinesis(kinesisLimits: "on" | "off" = "off") {
  const target = useTarget({ manualClock: true, kinesisLimits });
  const kinesis = useClient(new KinesisClient({ ...target.clientConfig(), maxAttempts: 1 }));
  /** Steps the time past what a stream needs to be ACTIVE again, or gone. */
  const settle = () => target.clock.advance(SETTLE_MS);
  return {
    target,
    kinesis,
    settle,
    /** Creates an ACTIVE stream with so many shards, or an on-demand one. @returns its name */
    stream: async (shards: number | "on-demand" = 1): Promise<string> => {
      const name = uniqueName();
      const mode = shards === "on-demand" ? "ON_DEMAND" : "PROVISIONED";
      const count = shards === "on-demand" ? {} : { ShardCount: shards };
      await kinesis.send(
        new CreateStreamCommand({ StreamName: name, StreamModeDetails: { StreamMode: mode }, ...count }),
      );
      await settle();
      return name;
    },
  };
}

export const arnOf = (name: string): string => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);

/** Puts one record a text, and gives the sequence numbers. */
export async function put(kinesis: KinesisClient, stream: string, texts: readonly string[], partitionKey = "key") {
  const numbers: string[] = [];
  for (const data of texts) {
    const answer = await kinesis.send(
      new PutRecordCommand({ StreamName: stream, PartitionKey: partitionKey, Data: bytes(data) }),
    );
    numbers.push(answer.SequenceNumber as string);
  }
  return numbers;
}

type Start = Pick<GetShardIteratorCommandInput, "ShardIteratorType" | "StartingSequenceNumber" | "Timestamp">;

export async function iterator(
  kinesis: KinesisClient,
  stream: string,
  start: Start | NonNullable<Start["ShardIteratorType"]> = "TRIM_HORIZON",
  shard = "shardId-000000000000",
): Promise<string> {
  const position = typeof start === "string" ? { ShardIteratorType: start } : start;
  const answer = await kinesis.send(new GetShardIteratorCommand({ StreamName: stream, ShardId: shard, ...position }));
  return answer.ShardIterator as string;
}

export const read = (kinesis: KinesisClient, from: string, limit?: number): Promise<GetRecordsCommandOutput> =>
  kinesis.send(new GetRecordsCommand({ ShardIterator: from, ...(limit !== undefined && { Limit: limit }) }));

export const texts = ({ Records = [] }: GetRecordsCommandOutput): string[] => Records.map(({ Data }) => text(Data));

export async function shardsOf(kinesis: KinesisClient, stream: string): Promise<Shard[]> {
  return (await kinesis.send(new ListShardsCommand({ StreamName: stream }))).Shards ?? [];
}

export const isOpen = (shard: Shard): boolean => shard.SequenceNumberRange?.EndingSequenceNumber === undefined;

export interface RawAnswer {
  readonly status: number;
  readonly type: string | undefined;
  readonly message: string | undefined;
}

/** A call that no SDK would make: any JSON text as its body. */
export async function raw(target: Target, operation: string, body: unknown): Promise<RawAnswer> {
  const sent = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await callRaw(target, "kinesis", `Kinesis_20131202.${operation}`, sent, {
    "content-type": "application/x-amz-json-1.1",
  });
  const parsed = JSON.parse((await answer.text()) || "{}") as { __type?: string; message?: string; Message?: string };
  return {
    status: answer.status,
    type: parsed.__type?.replace(/^.*#/, ""),
    message: parsed.message ?? parsed.Message,
  };
}
