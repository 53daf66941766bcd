import { GetRecordsCommand, SplitShardCommand } from "@aws-sdk/client-kinesis";
import { iterator, put, read, texts, useKinesis } from "./support.ts";

// What users of other emulators have asked of consumers that read along: nothing twice, nothing missed, however long it is quiet.

const on = useKinesis();
const { kinesis } = on;

const MINUTE_MS = 60_000;

/** Follows next iterators for so many calls. @returns what came, and where to go on */
async function follow(from: string, calls: number, between: (call: number) => Promise<unknown> = async () => {}) {
  const seen: string[] = [];
  let next = from;
  for (let call = 0; call < calls; call++) {
    const answer = await read(kinesis, next);
    seen.push(...texts(answer));
    next = answer.NextShardIterator as string;
    await between(call);
  }
  return { seen, next };
}

describe("a consumer that reads along", () => {
  it("gets each record once, whatever is put between its reads in the same millisecond", async () => {
    const name = await on.stream();
    const { seen } = await follow(await iterator(kinesis, name), 20, (call) =>
      put(kinesis, name, [`${call}a`, `${call}b`]),
    );
    expect(seen).toEqual(Array.from({ length: 19 }, (_, call) => [`${call}a`, `${call}b`]).flat());
  });

  it("gets each record once when it reads one at a time", async () => {
    const name = await on.stream();
    const all = Array.from({ length: 10 }, (_, index) => `${index}`);
    await put(kinesis, name, all);
    const seen: string[] = [];
    let next = await iterator(kinesis, name);
    for (let call = 0; call < 12; call++) {
      const answer = await read(kinesis, next, 1);
      seen.push(...texts(answer));
      next = answer.NextShardIterator as string;
    }
    expect(seen).toEqual(all);
  });

  it("gets the same from the same iterator, and what came since behind it", async () => {
    const name = await on.stream();
    await put(kinesis, name, ["1", "2"]);
    const start = await iterator(kinesis, name);
    const first = await read(kinesis, start);
    await put(kinesis, name, ["3"]);
    expect(texts(await read(kinesis, start))).toEqual(["1", "2", "3"]);
    expect(texts(await read(kinesis, first.NextShardIterator as string))).toEqual(["3"]);
  });

  it("stays alive through a quiet hour, from LATEST on, by the iterators that empty answers give", async () => {
    const name = await on.stream();
    await put(kinesis, name, ["before"]);
    const quiet = await follow(await iterator(kinesis, name, "LATEST"), 15, () =>
      on.target.clock.advance(4 * MINUTE_MS),
    );
    expect(quiet.seen).toEqual([]);
    await put(kinesis, name, ["after"]);
    expect((await follow(quiet.next, 2)).seen).toEqual(["after"]);
  });

  it("goes on behind its last record when its iterator has expired", async () => {
    const name = await on.stream();
    const [last = ""] = await put(kinesis, name, ["1"]);
    const { next } = await follow(await iterator(kinesis, name), 1);
    await on.target.clock.advance(6 * MINUTE_MS);
    await put(kinesis, name, ["2"]);
    await expect(kinesis.send(new GetRecordsCommand({ ShardIterator: next }))).rejects.toMatchObject({
      name: "ExpiredIteratorException",
    });
    const start = { ShardIteratorType: "AFTER_SEQUENCE_NUMBER" as const, StartingSequenceNumber: last };
    expect((await follow(await iterator(kinesis, name, start), 2)).seen).toEqual(["2"]);
  });

  it("gets all that LATEST and AT_TIMESTAMP promise when records arrive in the millisecond of the call", async () => {
    const name = await on.stream();
    const now = new Date(on.target.clock.now());
    await put(kinesis, name, ["before"]);
    const latest = await iterator(kinesis, name, "LATEST");
    const since = await iterator(kinesis, name, { ShardIteratorType: "AT_TIMESTAMP", Timestamp: now });
    await put(kinesis, name, ["after"]);
    expect((await follow(latest, 2)).seen).toEqual(["after"]);
    expect((await follow(since, 2)).seen).toEqual(["before", "after"]);
  });

  it("reads a closed shard to its end from behind its last record, and is told the children again and again", async () => {
    const name = await on.stream();
    const [last = ""] = await put(kinesis, name, ["1"]);
    await kinesis.send(
      new SplitShardCommand({ StreamName: name, ShardToSplit: "0", NewStartingHashKey: (1n << 127n).toString() }),
    );
    await on.settle();
    const start = { ShardIteratorType: "AFTER_SEQUENCE_NUMBER" as const, StartingSequenceNumber: last };
    const from = await iterator(kinesis, name, start);
    for (let call = 0; call < 2; call++) {
      const { Records, NextShardIterator, ChildShards } = await read(kinesis, from);
      expect([Records, NextShardIterator, ChildShards?.length]).toEqual([[], undefined, 2]);
    }
  });
});
