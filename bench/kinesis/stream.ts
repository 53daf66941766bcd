import { setTimeout as delay } from "node:timers/promises";
import { amzCall, connect } from "../shared/wire-client.ts";

const POLL_MS = 20;
const PATIENCE_MS = 60_000;

interface Answer {
  readonly StreamDescriptionSummary?: { readonly StreamStatus: string };
  readonly StreamDescription?: { readonly StreamStatus: string; readonly Shards: readonly { ShardId: string }[] };
  readonly ShardIterator?: string;
  readonly FailedRecordCount?: number;
}

export const kinesisCall = (operation: string, input: unknown) =>
  amzCall("kinesis", `Kinesis_20131202.${operation}`, input);

/** @throws Error with the answer, unless it is 200 */
export async function callKinesis(port: number, operation: string, input: unknown): Promise<Answer> {
  const { status, body } = await send(port, operation, input);
  if (status !== 200) throw new Error(`${operation}: ${status} ${body.slice(0, 500)}`);
  return body.startsWith("{") ? (JSON.parse(body) as Answer) : {};
}

async function send(port: number, operation: string, input: unknown): Promise<{ status: number; body: string }> {
  const client = await connect(port, "HTTP/1.1");
  try {
    const { status, body } = await client.send(kinesisCall(operation, input));
    return { status, body: body.toString() };
  } finally {
    client.close();
  }
}

/** A stream without records: one of the name that is there is deleted first. */
export async function freshStream(port: number, StreamName: string, ShardCount: number): Promise<void> {
  const isThere = async () => (await send(port, "DescribeStream", { StreamName })).status === 200;
  // kinesis-local deletes a stream that comes later, too
  if (await isThere()) {
    await callKinesis(port, "DeleteStream", { StreamName });
    await until(async () => !(await isThere()));
  }
  await callKinesis(port, "CreateStream", { StreamName, ShardCount });
  await until(async () => {
    // a peer does not find it at once
    const { status, body } = await send(port, "DescribeStream", { StreamName });
    return status === 200 && /"StreamStatus": ?"ACTIVE"/.test(body);
  });
}

export async function shardIds(port: number, StreamName: string): Promise<readonly string[]> {
  const { StreamDescription } = await callKinesis(port, "DescribeStream", { StreamName });
  return StreamDescription?.Shards.map(({ ShardId }) => ShardId) ?? [];
}

/** An iterator at the beginning of a shard. */
export async function horizon(port: number, StreamName: string, ShardId: string): Promise<string> {
  const input = { StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" };
  const { ShardIterator } = await callKinesis(port, "GetShardIterator", input);
  if (ShardIterator === undefined) throw new Error("GetShardIterator answered without an iterator");
  return ShardIterator;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("the stream was not ready in time");
    await delay(POLL_MS);
  }
}
