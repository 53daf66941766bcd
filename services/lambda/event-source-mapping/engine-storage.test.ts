import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { ShardStatus } from "./status.ts";
import { keys, MappingHarness, sequenceNumbers } from "./mapping-harness.ts";
import type { MappingStore } from "./store.ts";

const bucket = "arn:aws:s3:::failures";
const data = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64");

describe("a mapping whose storage cannot be written to", () => {
  let run: MappingHarness;

  beforeEach(() => {
    run = new MappingHarness();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await run.stop();
  });

  /** From now on these fail, until told otherwise. @returns how often they have, and what ends it */
  const fail = (...methods: readonly ("checkpoint" | "patch" | "putWindow")[]) => {
    const { store } = run.engine;
    let count = 0;
    const mocks = methods.map((method) =>
      jest.spyOn(store, method as keyof MappingStore).mockImplementation(() => {
        count++;
        throw new Error("no space left on device");
      }),
    );
    return { count: () => count, end: () => mocks.forEach((mock) => mock.mockRestore()) };
  };

  const shard = (): ShardStatus | undefined => run.engine.status().mappings[0]?.shards[0];

  it("waits with what comes behind, says why, and goes on when it can: nothing is lost, nothing comes twice", async () => {
    const put = run.aws.put("shard-0", keys(3));
    const batches = run.collect();
    const mapping = await run.create({ batchSize: 1 });
    const failing = fail("checkpoint");
    await run.aws.stepUntil("several attempts", () => failing.count() === 4);
    expect(batches).toEqual([[put[0]]]);
    expect(shard()?.lastError?.message).toBe("Error: no space left on device");
    expect(run.now(mapping)?.lastProcessingResult).toBe(
      "PROBLEM: Failed to keep what is done: no space left on device",
    );
    failing.end();
    await run.aws.stepUntil("all", () => batches.length === 3);
    await run.aws.rest();
    expect(batches.flat()).toEqual(put);
    expect(run.position(mapping)).toEqual({ kind: "after", sequenceNumber: put[2] });
    expect(run.now(mapping)?.lastProcessingResult).toBe("OK");
  });

  it("goes on with what is left of a batch of which a part was done", async () => {
    const put = run.aws.put("shard-0", keys(4));
    const seen: string[][] = [];
    run.aws.handler = (event) => {
      seen.push(sequenceNumbers(event));
      return seen.length === 1 ? { batchItemFailures: [{ itemIdentifier: put[2] }] } : null;
    };
    const mapping = await run.create({ reportBatchItemFailures: true });
    const failing = fail("checkpoint", "patch");
    await run.aws.stepUntil("an attempt", () => failing.count() > 3);
    failing.end();
    await run.aws.stepUntil("the rest", () => seen.length === 2);
    await run.aws.rest();
    expect(seen[1]).toEqual(put.slice(2));
    expect(run.position(mapping)).toEqual({ kind: "after", sequenceNumber: put[3] });
  });

  it("tells the destination once of what is given up", async () => {
    const put = run.aws.put("shard-0", keys(2));
    run.collect((event) => sequenceNumbers(event).includes(put[0] as string));
    const mapping = await run.create({ batchSize: 1, maximumRetryAttempts: 0, onFailureDestination: bucket });
    const failing = fail("checkpoint");
    await run.aws.stepUntil("several attempts", () => failing.count() === 3);
    failing.end();
    const done = () => JSON.stringify(run.position(mapping)).includes(String(put[1]));
    await run.aws.stepUntil("both are settled", done);
    expect(run.aws.objects.size).toBe(1);
  });

  it("delivers what it reads together with records that no filter lets through", async () => {
    const seen = run.collect();
    const mapping = await run.create({ filters: ['{"data":{"isWanted":[true]}}'] });
    await run.aws.rest();
    const failing = fail("checkpoint");
    run.aws.put("shard-0", keys(2), data({ isWanted: false }));
    const wanted = run.aws.put("shard-0", keys(1), data({ isWanted: true }));
    await run.aws.stepUntil("several attempts", () => failing.count() > 3);
    failing.end();
    await run.aws.stepUntil("the record", () => seen.length === 1);
    const next = run.aws.put("shard-0", keys(1), data({ isWanted: false }));
    const done = () => JSON.stringify(run.position(mapping)).includes(String(next[0]));
    await run.aws.stepUntil("the last one is passed", done);
    expect(seen.flat()).toEqual(wanted);
  });

  it("keeps where it stands of a shard whose records no filter lets through, though nothing more comes", async () => {
    const mapping = await run.create({ filters: ['{"data":{"isWanted":[true]}}'] });
    await run.aws.rest();
    const failing = fail("checkpoint");
    const [put] = run.aws.put("shard-0", keys(1), data({ isWanted: false }));
    await run.aws.stepUntil("several attempts", () => failing.count() > 3);
    expect(shard()?.lastError?.message).toBe("Error: no space left on device");
    failing.end();
    await run.aws.stepUntil("it is passed", () => JSON.stringify(run.position(mapping)).includes(String(put)));
  });

  it("begins with the children of a shard once its end is kept", async () => {
    run.aws.put("shard-0", keys(1));
    const batches = run.collect();
    await run.create();
    await run.aws.until("the record", () => batches.length === 1);
    await run.aws.rest();
    const failing = fail("checkpoint");
    run.aws.addShard("child", ["shard-0"]);
    const ofChild = run.aws.put("child", keys(1));
    await run.aws.stepUntil("several attempts", () => failing.count() > 2);
    expect(batches).toHaveLength(1);
    failing.end();
    await run.aws.stepUntil("the child's record", () => batches.length === 2);
    expect(batches[1]).toEqual(ofChild);
  });

  it("ends a tumbling window once", async () => {
    run.aws.put("shard-0", keys(1));
    const ends: boolean[] = [];
    run.aws.handler = (event) => {
      ends.push((event as unknown as { isFinalInvokeForWindow: boolean }).isFinalInvokeForWindow);
      return { state: {} };
    };
    const mapping = await run.create({ tumblingWindowInSeconds: 10 });
    await run.aws.until("the record", () => run.engine.store.window(mapping, "shard-0") !== undefined);
    const failing = fail("putWindow");
    await run.aws.stepUntil("several attempts", () => failing.count() > 2, 1000);
    failing.end();
    await run.aws.stepUntil("it is kept", () => run.engine.store.window(mapping, "shard-0") === undefined, 1000);
    expect(ends).toEqual([false, true]);
  });
});
