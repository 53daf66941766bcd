import { describe, expect, it } from "@jest/globals";
import { AwsError } from "../../../../emulator/model/errors.ts";
import type { Call, CallOptions } from "../../../../emulator/model/context.ts";
import type { ShardPage } from "../shard-cursor.ts";
import type { KinesisRecord } from "./kinesis-pages.ts";
import { SubscriptionCursor } from "./kinesis-subscription.ts";

const record = (SequenceNumber: string): KinesisRecord => ({
  SequenceNumber,
  PartitionKey: "k",
  Data: "e30=",
});

/** A shard that somebody has subscribed to: where, and whether still. Its events never come. */
class FakeShard {
  readonly subscriptions: { readonly start: object; readonly signal: AbortSignal }[] = [];

  readonly call = ((_service: string, _operation: string, input: object, { signal }: CallOptions) => {
    const { StartingPosition: start } = input as { StartingPosition: object };
    this.subscriptions.push({ start, signal: signal as AbortSignal });
    return Promise.resolve({ EventStream: silence(signal as AbortSignal) });
  }) as unknown as Call;

  get starts(): object[] {
    return this.subscriptions.map(({ start }) => start);
  }

  get active(): object[] {
    return this.subscriptions.filter(({ signal }) => !signal.aborted).map(({ start }) => start);
  }
}

const silence = (signal: AbortSignal): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({
    next: () =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve({ done: true, value: undefined }))),
  }),
});

describe("SubscriptionCursor from LATEST", () => {
  const latest = { kind: "latest", atMs: 5000 } as const;

  /** @param answers what reading at the iterator comes to, call by call */
  const cursorOf = (shard: FakeShard, answers: (() => KinesisRecord[])[]) => {
    const page = (): Promise<ShardPage<KinesisRecord>> =>
      new Promise((resolve) => {
        const records = answers.shift()?.() ?? [];
        resolve({ records, next: "next", isAtTip: true });
      });
    const pages = { mostRecords: 10_000, page };
    const scope = { call: shard.call, consumerArn: "consumer", shardId: "shard-0", pages, arrived: () => {} };
    return new SubscriptionCursor(scope, latest, "iterator");
  };
  const fail = (code: string) => () => {
    throw new AwsError({ code, status: 400 }, "no");
  };

  it("stays subscribed where nothing was put since", async () => {
    const shard = new FakeShard();
    const cursor = cursorOf(shard, []);
    expect(await cursor.read(10)).toEqual({ records: [], next: "", isAtTip: true });
    expect(shard.active).toEqual([{ Type: "LATEST" }]);
    await cursor.close();
    expect(shard.active).toEqual([]);
  });

  it("reads what was put since, and subscribes behind it", async () => {
    const shard = new FakeShard();
    const cursor = cursorOf(shard, [() => [record("1"), record("2")]]);
    expect((await cursor.read(1)).records).toEqual([record("1")]);
    expect((await cursor.read(10)).records).toEqual([record("2")]);
    await cursor.read(10);
    expect(shard.active).toEqual([{ Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber: "2" }]);
    await cursor.close();
  });

  it("does not stay subscribed where that could not be read: the next read begins anew", async () => {
    const shard = new FakeShard();
    const cursor = cursorOf(shard, [fail("InternalFailure"), () => [record("1")]]);
    await expect(cursor.read(10)).rejects.toThrow("no");
    expect(shard.active).toEqual([]);
    expect((await cursor.read(10)).records).toEqual([record("1")]);
    await cursor.close();
  });

  it("goes by the time where the iterator has expired", async () => {
    const shard = new FakeShard();
    const cursor = cursorOf(shard, [fail("ExpiredIteratorException")]);
    await cursor.read(10);
    expect(shard.starts).toEqual([{ Type: "LATEST" }, { Type: "AT_TIMESTAMP", Timestamp: new Date(5000) }]);
    expect(shard.active).toHaveLength(1);
    await cursor.close();
  });
});
