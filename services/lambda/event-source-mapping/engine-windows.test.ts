import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { MappingEngine } from "./engine.ts";
import { FakeAws, FunctionError, type KinesisEvent } from "./fake-aws.ts";
import { keys, MappingHarness, sequenceNumbers } from "./mapping-harness.ts";
import type { Mapping } from "./model.ts";

interface WindowEvent extends KinesisEvent {
  readonly window: { readonly start: string; readonly end: string };
  readonly state: { readonly count?: number; readonly text?: string };
  readonly shardId: string;
  readonly eventSourceARN: string;
  readonly isFinalInvokeForWindow: boolean;
  readonly isWindowTerminatedEarly: boolean;
}

/** The clock of the fakes begins at 2026-01-01T00:00:00Z. */
const minute = (count: number) => `2026-01-01T00:${String(count).padStart(2, "0")}:00Z`;

describe("tumbling windows", () => {
  let run: MappingHarness;
  let events: WindowEvent[];

  beforeEach(() => {
    run = new MappingHarness();
    events = [];
    run.aws.handler = count(events);
  });

  afterEach(async () => {
    await run.stop();
  });

  /** A function that counts the records of its window. */
  const count =
    (into: WindowEvent[], fails: (event: WindowEvent) => boolean = () => false) =>
    (event: KinesisEvent) => {
      const windowed = event as WindowEvent;
      into.push(windowed);
      if (fails(windowed)) throw new FunctionError("bad");
      return { state: { count: (windowed.state.count ?? 0) + windowed.Records.length } };
    };
  const counts = (list: readonly WindowEvent[]) => list.map(({ Records, state }) => [Records.length, state.count ?? 0]);
  const finals = (list: readonly WindowEvent[]) => list.filter((event) => event.isFinalInvokeForWindow);
  const windowed = { tumblingWindowInSeconds: 60 };

  it("hand the state from batch to batch, and end with an invocation without records", async () => {
    await run.create({ ...windowed, batchSize: 2 });
    const put = run.aws.put("shard-0", keys(5));
    await run.aws.until("the batches", () => events.length === 3);
    await run.aws.rest();
    expect(counts(events)).toEqual([
      [2, 0],
      [2, 2],
      [1, 4],
    ]);
    await run.aws.clock.advance(59_999);
    await run.aws.rest();
    expect(events).toHaveLength(3);
    await run.aws.clock.advance(1);
    await run.aws.until("the end", () => events.length === 4);
    expect(Object.keys(events[3] ?? {})).toEqual([
      "Records",
      "window",
      "state",
      "shardId",
      "eventSourceARN",
      "isFinalInvokeForWindow",
      "isWindowTerminatedEarly",
    ]);
    expect(events[3]).toEqual({
      Records: [],
      window: { start: minute(0), end: minute(1) },
      state: { count: 5 },
      shardId: "shard-0",
      eventSourceARN: "arn:aws:kinesis:us-east-1:000000000000:stream/numbers",
      isFinalInvokeForWindow: true,
      isWindowTerminatedEarly: false,
    });
    expect(events[0]).toMatchObject({ isFinalInvokeForWindow: false, isWindowTerminatedEarly: false });
    expect(events.flatMap(sequenceNumbers)).toEqual(put);
  });

  it("are told apart by the arrival of their records, also in a backlog", async () => {
    for (const [place, size] of [3, 2, 4].entries()) {
      run.aws.put("shard-0", keys(size));
      await run.aws.clock.advance(place === 2 ? 0 : 60_000);
    }
    await run.create(windowed);
    await run.aws.until("all but the last window's end", () => events.length === 5);
    expect(events.map(({ window }) => window.start)).toEqual([minute(0), minute(0), minute(1), minute(1), minute(2)]);
    expect(counts(events)).toEqual([
      [3, 0],
      [0, 3],
      [2, 0],
      [0, 2],
      [4, 0],
    ]);
    expect(finals(events)).toHaveLength(2);
  });

  it("do not let a batch wait beyond their end", async () => {
    await run.create({ ...windowed, maximumBatchingWindowInSeconds: 300 });
    await run.aws.rest();
    await run.aws.clock.advance(50_000);
    run.aws.put("shard-0", keys(2));
    await run.aws.rest();
    expect(events).toEqual([]);
    await run.aws.clock.advance(10_000);
    await run.aws.until("batch and end", () => events.length === 2);
    expect(counts(events)).toEqual([
      [2, 0],
      [0, 2],
    ]);
  });

  it("fail a batch whose answer has no state", async () => {
    const put = run.aws.put("shard-0", keys(1));
    const answers: unknown[] = [null, {}, { state: null }, { state: "text" }, { state: { ok: true } }];
    run.aws.handler = (event) => {
      events.push(event as WindowEvent);
      return answers.shift();
    };
    const mapping = await run.create(windowed);
    await run.aws.stepUntil("the good answer", () => answers.length === 0, 50);
    await run.aws.until("checkpoint", () => run.position(mapping)?.kind === "after");
    expect(run.position(mapping)).toEqual({ kind: "after", sequenceNumber: put[0] });
    expect(events.filter((event) => !event.isFinalInvokeForWindow)).toHaveLength(5);
  });

  it("keep what the function did before a failure, and count a partial answer's state", async () => {
    const put = run.aws.put("shard-0", keys(4));
    let isFirst = true;
    run.aws.handler = (event) => {
      const now = event as WindowEvent;
      events.push(now);
      if (!isFirst) return { state: { count: (now.state.count ?? 0) + now.Records.length } };
      isFirst = false;
      return { state: { count: 1 }, batchItemFailures: [{ itemIdentifier: put[1] }] };
    };
    await run.create({ ...windowed, reportBatchItemFailures: true });
    await run.aws.stepUntil("the end", () => finals(events).length === 1, 1000);
    expect(counts(events)).toEqual([
      [4, 0],
      [3, 1],
      [0, 4],
    ]);
  });

  it("are ended again and again until the function succeeds, and nothing is delivered before", async () => {
    let failures = 3;
    run.aws.handler = count(events, (event) => event.isFinalInvokeForWindow && failures-- > 0);
    await run.create({ ...windowed, maximumRetryAttempts: 0 });
    run.aws.put("shard-0", keys(1));
    await run.aws.until("the batch", () => events.length === 1);
    await run.aws.rest();
    await run.aws.clock.advance(60_000);
    run.aws.put("shard-0", keys(2));
    await run.aws.stepUntil("the next window", () => events.some(({ Records }) => Records.length === 2), 50);
    expect(events.map(({ Records, isFinalInvokeForWindow }) => [Records.length, isFinalInvokeForWindow])).toEqual([
      [1, false],
      [0, true],
      [0, true],
      [0, true],
      [0, true],
      [2, false],
    ]);
  });

  it("are terminated early when their state is larger than 1 MB, and go on with none", async () => {
    const text = "x".repeat(1_048_576);
    run.aws.handler = (event) => {
      const now = event as WindowEvent;
      events.push(now);
      return { state: events.length === 1 ? { text } : { count: (now.state.count ?? 0) + now.Records.length } };
    };
    await run.create({ ...windowed, batchSize: 1 });
    run.aws.put("shard-0", keys(2));
    await run.aws.until("all", () => events.length === 3);
    expect(events[1]).toMatchObject({
      Records: [],
      state: { text },
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: true,
    });
    expect(events[2]).toMatchObject({ state: {}, window: events[0]?.window });
    await run.aws.rest();
    await run.aws.clock.advance(60_000);
    await run.aws.until("the end", () => events.length === 4);
    expect(events[3]).toMatchObject({ Records: [], state: { count: 1 }, isFinalInvokeForWindow: true });
  });

  it("keep events under 6 MB when their state has grown in the middle of a batch", async () => {
    const put = run.aws.put("shard-0", keys(12), "A".repeat(500_000));
    const sizes: number[] = [];
    const done: string[] = [];
    run.aws.handler = (event, request) => {
      const numbers = sequenceNumbers(event);
      if (numbers.length > 0) sizes.push(Buffer.byteLength(String(request.payload)));
      const failsAt = sizes.length === 1 ? 1 : numbers.length;
      done.push(...numbers.slice(0, failsAt));
      const batchItemFailures = numbers.slice(failsAt, failsAt + 1).map((itemIdentifier) => ({ itemIdentifier }));
      return { state: { more: "x".repeat(900_000) }, batchItemFailures };
    };
    await run.create({ tumblingWindowInSeconds: 60, reportBatchItemFailures: true });
    await run.aws.stepUntil("all", () => done.length === put.length);
    expect(done).toEqual(put);
    expect(sizes.length).toBe(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024);
  });

  it("end with their shard: children begin with windows of their own", async () => {
    run.aws.put("shard-0", keys(3));
    run.aws.addShard("shard-1", ["shard-0"]);
    run.aws.put("shard-1", keys(2));
    const mapping = await run.create(windowed);
    await run.aws.until("the child", () => events.length === 3);
    expect(events.map(({ shardId, Records, state }) => [shardId, Records.length, state.count ?? 0])).toEqual([
      ["shard-0", 3, 0],
      ["shard-0", 0, 3],
      ["shard-1", 2, 0],
    ]);
    expect(run.position(mapping)).toEqual({ kind: "finished" });
  });

  it("are kept while the mapping is off, and ended when windows get another length", async () => {
    const mapping = await run.create(windowed);
    run.aws.put("shard-0", keys(3));
    await run.aws.until("the batch", () => run.position(mapping)?.kind === "after");
    await run.engine.update(run.now(mapping) as Mapping, { enabled: false });
    await run.aws.until("off", () => run.now(mapping)?.state === "Disabled");
    await run.engine.update(run.now(mapping) as Mapping, { enabled: true });
    run.aws.put("shard-0", keys(1));
    await run.aws.until("the next batch", () => events.length === 2);
    expect(events[1]).toMatchObject({ state: { count: 3 }, window: { start: minute(0), end: minute(1) } });
    await run.aws.rest();
    const { settings } = run.now(mapping) as Mapping;
    await run.engine.update(run.now(mapping) as Mapping, { settings: { ...settings, tumblingWindowInSeconds: 30 } });
    await run.aws.until("its end", () => finals(events).length === 1);
    expect(finals(events)[0]).toMatchObject({ state: { count: 4 }, window: { start: minute(0), end: minute(1) } });
  });
});

describe("tumbling windows after a kill", () => {
  it("go on with the state that belongs to the checkpoint", async () => {
    const first = new FakeAws();
    first.addShard("shard-0");
    first.put("shard-0", keys(4));
    const states: unknown[] = [];
    const engine = new MappingEngine(first.host, first.invoker);
    let answered = 0;
    first.handler = (event) =>
      answered++ < 2 ? { state: { count: answered } } : new Promise(() => void states.push(event));
    const mapping = first.mapping({ tumblingWindowInSeconds: 60, batchSize: 1 });
    await engine.create(mapping);
    await first.until("the third is with the function", () => states.length === 1);
    await engine.stop();

    const events: WindowEvent[] = [];
    first.handler = (event) => {
      events.push(event as WindowEvent);
      return { state: (event as WindowEvent).state };
    };
    const next = new MappingEngine(first.host, first.invoker);
    next.start();
    await first.until("the rest", () => events.length === 2);
    expect(events.map(({ state }) => state.count)).toEqual([2, 2]);
    expect(events.flatMap(sequenceNumbers)).toEqual(["1002", "1003"]);
    await next.stop();
    await first.storage.close();
  });
});
