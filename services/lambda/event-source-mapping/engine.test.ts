import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { AwsError } from "../../../emulator/model/errors.ts";
import { MappingEngine } from "./engine.ts";
import { FakeAws, FunctionError, type KinesisEvent } from "./fake-aws.ts";
import type { Mapping, Settings } from "./model.ts";

const bucket = "arn:aws:s3:::failures";
const keys = (count: number, of = "k") => Array.from({ length: count }, (_, index) => `${of}${index}`);
const sequenceNumbers = (event: KinesisEvent) => event.Records.map((record) => record.kinesis.sequenceNumber);

describe("MappingEngine", () => {
  let aws: FakeAws;
  let engine: MappingEngine;

  beforeEach(() => {
    aws = new FakeAws();
    aws.addShard("shard-0");
    engine = new MappingEngine(aws.host, aws.invoker);
  });

  afterEach(async () => {
    await engine.stop();
    await aws.storage.close();
  });

  const create = async (settings: Partial<Settings> = {}, of: Partial<Mapping> = {}) => {
    const mapping = aws.mapping(settings, of);
    await engine.create(mapping);
    return mapping;
  };
  const now = ({ account, region, uuid }: Mapping) => engine.store.get(account, region, uuid);
  const position = (mapping: Mapping, shard = "shard-0") => engine.store.positions(mapping).get(shard);
  /** Collects the batches that the function succeeds with, as lists of sequence numbers. */
  const collect = (fails: (event: KinesisEvent) => boolean = () => false) => {
    const batches: string[][] = [];
    aws.handler = (event) => {
      if (fails(event)) throw new FunctionError("bad");
      batches.push(sequenceNumbers(event));
    };
    return batches;
  };

  describe("batches", () => {
    it("are cut at the batch size and in the order of the shard", async () => {
      const put = aws.put("shard-0", keys(25));
      const batches = collect();
      const mapping = await create({ batchSize: 10 });
      await aws.until("all delivered", () => batches.flat().length === 25);
      expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
      expect(batches.flat()).toEqual(put);
      await aws.until("checkpoint at the end", () => now(mapping)?.lastProcessingResult === "OK");
      expect(position(mapping)).toEqual({ kind: "after", sequenceNumber: put.at(-1) });
    });

    it("wait for their window, and not longer", async () => {
      const batches = collect();
      await create({ maximumBatchingWindowInSeconds: 30 });
      aws.put("shard-0", keys(3));
      await aws.rest();
      await aws.clock.advance(20_000);
      aws.put("shard-0", keys(2));
      await aws.rest();
      expect(batches).toEqual([]);
      await aws.clock.advance(9_999);
      await aws.rest();
      expect(batches).toEqual([]);
      await aws.clock.advance(1);
      await aws.until("the batch", () => batches.length === 1);
      expect(batches[0]).toHaveLength(5);
    });
  });

  describe("positions", () => {
    it("begin with what is put after the answer when LATEST, even at the same instant", async () => {
      aws.put("shard-0", keys(5));
      const batches = collect();
      await create({}, { startingPosition: "LATEST" });
      const later = aws.put("shard-0", keys(2));
      await aws.until("delivered", () => batches.flat().length === 2);
      expect(batches.flat()).toEqual(later);
    });

    it("keep LATEST over hours without records", async () => {
      aws.put("shard-0", keys(5));
      const batches = collect();
      await create({}, { startingPosition: "LATEST" });
      for (let minute = 0; minute < 180; minute++) {
        await aws.clock.advance(60_000);
        await aws.rest();
      }
      const later = aws.put("shard-0", keys(2));
      await aws.until("delivered", () => batches.flat().length === 2);
      expect(batches.flat()).toEqual(later);
    });

    it("begin at a timestamp in every shard", async () => {
      aws.put("shard-0", keys(5));
      await aws.clock.advance(1000);
      const atMs = aws.clock.now();
      const wanted = aws.put("shard-0", keys(2));
      const batches = collect();
      await create({}, { startingPosition: "AT_TIMESTAMP", startingPositionTimestamp: atMs });
      await aws.until("delivered", () => batches.flat().length === 2);
      expect(batches.flat()).toEqual(wanted);
    });

    it("finish a closed shard before its children, and read children from their beginning", async () => {
      const parent = aws.put("shard-0", keys(30));
      aws.addShard("shard-1", ["shard-0"]);
      aws.addShard("shard-2", ["shard-0"]);
      const children = [...aws.put("shard-1", keys(3)), ...aws.put("shard-2", keys(3))];
      const batches = collect();
      const mapping = await create({ batchSize: 10 });
      await aws.until("all", () => batches.flat().length === 36);
      expect(batches.flat().slice(0, 30)).toEqual(parent);
      expect(new Set(batches.flat().slice(30))).toEqual(new Set(children));
      expect(position(mapping)).toEqual({ kind: "finished" });
    });

    it("follow a reshard that comes while the mapping runs", async () => {
      const batches = collect();
      await create({}, { startingPosition: "LATEST" });
      aws.put("shard-0", keys(1));
      await aws.until("first", () => batches.length === 1);
      aws.addShard("shard-1", ["shard-0"]);
      aws.put("shard-1", keys(4));
      await aws.until("child", () => batches.flat().length === 5);
    });
  });

  describe("failures", () => {
    it("are retried with growing waits, then given up, and the shard goes on", async () => {
      const put = aws.put("shard-0", keys(3));
      const calls: number[] = [];
      const batches = collect((event) => {
        const isFirst = sequenceNumbers(event).includes(put[0] as string);
        if (isFirst) calls.push(aws.clock.now());
        return isFirst;
      });
      const mapping = await create({ batchSize: 2, maximumRetryAttempts: 2 });
      await aws.stepUntil("the third record", () => batches.length === 1, 50);
      expect(batches).toEqual([[put[2]]]);
      expect(calls.map((at) => at - (calls[0] as number))).toEqual([0, 100, 300]);
      await aws.rest();
      expect(position(mapping)).toEqual({ kind: "after", sequenceNumber: put[2] });
    });

    it("leave one object in the destination bucket with where and what it was", async () => {
      const put = aws.put("shard-0", ["a", "b"]);
      collect(() => true);
      const mapping = await create({ maximumRetryAttempts: 1, onFailureDestination: bucket });
      await aws.stepUntil("the object", () => aws.objects.size === 1);
      const [[key, text]] = [...aws.objects] as [[string, string]];
      expect(key).toMatch(
        new RegExp(
          `^aws/lambda/${mapping.uuid}/shard-0/\\d{4}/\\d\\d/\\d\\d/\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d-[0-9a-f-]{36}$`,
        ),
      );
      const { payload, timestamp, ...document } = JSON.parse(text) as { payload: string; timestamp: string };
      expect(document).toEqual({
        requestContext: {
          requestId: "request-id",
          functionArn: mapping.functionArn,
          condition: "RetryAttemptsExhausted",
          approximateInvokeCount: 2,
        },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        version: "1.0",
        KinesisBatchInfo: {
          shardId: "shard-0",
          startSequenceNumber: put[0],
          endSequenceNumber: put[1],
          approximateArrivalOfFirstRecord: "2026-01-01T00:00:00.000Z",
          approximateArrivalOfLastRecord: "2026-01-01T00:00:00.000Z",
          batchSize: 2,
          streamArn: mapping.eventSourceArn,
        },
      });
      expect(sequenceNumbers(JSON.parse(payload) as KinesisEvent)).toEqual(put);
      expect(timestamp).toMatch(/^2026-01-01T00:00:0\d\.\d{3}Z$/);
    });

    it("are not lost while the destination cannot be written to", async () => {
      aws.put("shard-0", keys(1));
      collect(() => true);
      aws.beforeS3 = () => {
        throw new Error("no such bucket");
      };
      const mapping = await create({ maximumRetryAttempts: 0, onFailureDestination: bucket });
      await aws.stepUntil("the report", () => now(mapping)?.lastProcessingResult.includes("destination") === true);
      expect(position(mapping)).toEqual({ kind: "horizon" });
      aws.beforeS3 = () => {};
      await aws.stepUntil("the object", () => aws.objects.size === 1);
      await aws.until("checkpoint", () => position(mapping)?.kind === "after");
    });

    it("isolate a bad record by bisecting; its neighbours are delivered once", async () => {
      const put = aws.put("shard-0", keys(16));
      const bad = put[11] as string;
      const batches = collect((event) => sequenceNumbers(event).includes(bad));
      await create({ bisectBatchOnFunctionError: true, maximumRetryAttempts: 1, onFailureDestination: bucket });
      await aws.stepUntil("all others", () => batches.flat().length === 15);
      expect(batches.flat()).toEqual(put.filter((sequenceNumber) => sequenceNumber !== bad));
      const [object] = [...aws.objects.values()].map((text) => JSON.parse(text) as { KinesisBatchInfo: object });
      expect(object?.KinesisBatchInfo).toMatchObject({
        startSequenceNumber: bad,
        endSequenceNumber: bad,
        batchSize: 1,
      });
    });

    it("of part of a batch move the checkpoint to the first failed record", async () => {
      const put = aws.put("shard-0", keys(10));
      const seen: string[][] = [];
      aws.handler = (event) => {
        seen.push(sequenceNumbers(event));
        return seen.length === 1
          ? { batchItemFailures: [{ itemIdentifier: put[8] }, { itemIdentifier: put[4] }] }
          : null;
      };
      const mapping = await create({ reportBatchItemFailures: true });
      await aws.until("first", () => position(mapping)?.kind === "after");
      expect(position(mapping)).toEqual({ kind: "after", sequenceNumber: put[3] });
      await aws.stepUntil("second", () => seen.length === 2);
      expect(seen[1]).toEqual(put.slice(4));
    });

    it("do not use up retries when the function is throttled", async () => {
      aws.put("shard-0", keys(1));
      let throttled = 0;
      const batches = collect();
      const deliver = aws.handler;
      aws.handler = (event, request) => {
        if (throttled++ < 5) throw new AwsError({ code: "TooManyRequestsException", status: 429 }, "Rate Exceeded.");
        return deliver(event, request);
      };
      await create({ maximumRetryAttempts: 0 });
      await aws.stepUntil("delivered", () => batches.length === 1);
    });

    it("give up records beyond the maximum age, the younger ones are delivered", async () => {
      const old = aws.put("shard-0", keys(2));
      await aws.clock.advance(50_000);
      const young = aws.put("shard-0", keys(2));
      const batches = collect(() => aws.clock.now() < Date.UTC(2026, 0, 1, 0, 1, 5));
      await create({ maximumRecordAgeInSeconds: 60, onFailureDestination: bucket });
      await aws.stepUntil("the young", () => batches.length === 1, 500);
      expect(batches).toEqual([young]);
      const [object] = [...aws.objects.values()].map((text) => JSON.parse(text) as Record<string, object>);
      expect(object?.["requestContext"]).toMatchObject({ condition: "RecordAgeExceeded" });
      expect(object?.["KinesisBatchInfo"]).toMatchObject({ startSequenceNumber: old[0], endSequenceNumber: old[1] });
    });

    it("end with the stream's retention when nothing else is set", async () => {
      aws.put("shard-0", keys(1));
      const batches = collect((event) => event.Records[0]?.kinesis.partitionKey === "k0");
      await create({ onFailureDestination: bucket });
      await aws.rest();
      await aws.clock.advance(12 * 3_600_000);
      aws.put("shard-0", ["next"]);
      await aws.stepUntil("given up", () => batches.length === 1, 3_600_000);
      expect(aws.clock.now()).toBeGreaterThan(Date.UTC(2026, 0, 2));
    });
  });

  describe("parallelization", () => {
    it("runs several batches of a shard at once and keeps the order of each partition key", async () => {
      const partitionKeys = Array.from({ length: 400 }, (_, index) => `k${index % 20}`);
      const put = aws.put("shard-0", partitionKeys);
      const byKey = new Map<string, string[]>();
      let running = 0;
      let mostRunning = 0;
      aws.handler = async (event) => {
        mostRunning = Math.max(mostRunning, ++running);
        for (let turn = 0; turn < aws.host.ids.integer(8); turn++)
          await new Promise((resolve) => setImmediate(resolve));
        running--;
        for (const { kinesis } of event.Records) {
          byKey.set(kinesis.partitionKey, [...(byKey.get(kinesis.partitionKey) ?? []), kinesis.sequenceNumber]);
        }
      };
      const mapping = await create({ batchSize: 5, parallelizationFactor: 4 });
      const done = { kind: "after", sequenceNumber: put.at(-1) };
      await aws.until("all", () => JSON.stringify(position(mapping)) === JSON.stringify(done));
      expect(mostRunning).toBe(4);
      for (const numbers of byKey.values()) expect(numbers).toEqual(numbers.toSorted());
      expect([...byKey.values()].flat()).toHaveLength(400);
    });

    it("holds the checkpoint before a batch that is still failing, while other keys go on", async () => {
      const put = aws.put("shard-0", ["bad", ...keys(60)]);
      const batches = collect((event) => event.Records.some(({ kinesis }) => kinesis.partitionKey === "bad"));
      const mapping = await create({ batchSize: 1, parallelizationFactor: 10 });
      await aws.until("others", () => batches.length > 20);
      expect(position(mapping)).toEqual({ kind: "horizon" });
      expect(batches.flat()).not.toContain(put[0]);
    });
  });

  describe("states", () => {
    it("go from Creating to Enabled, and through Disabling after the batch in flight has ended", async () => {
      aws.put("shard-0", keys(3));
      let finish: (() => void) | undefined;
      aws.handler = () => new Promise<void>((resolve) => void (finish = resolve));
      const mapping = await create({ batchSize: 1 });
      expect(now(mapping)?.state).toBe("Creating");
      await aws.until("invoked", () => finish !== undefined);
      expect(now(mapping)?.state).toBe("Enabled");

      const updated = await engine.update(now(mapping) as Mapping, { enabled: false });
      expect(updated.state).toBe("Disabling");
      await aws.rest();
      expect(now(mapping)?.state).toBe("Disabling");
      await expect(engine.update(now(mapping) as Mapping, {})).rejects.toThrow(
        "Cannot update the event source mapping because it is in use.",
      );
      finish?.();
      await aws.until("disabled", () => now(mapping)?.state === "Disabled");
      expect(position(mapping)).toEqual({ kind: "after", sequenceNumber: "1000" });
    });

    it("go on from the checkpoint when enabled again", async () => {
      const batches = collect();
      const mapping = await create();
      aws.put("shard-0", keys(2));
      await aws.until("first", () => batches.flat().length === 2);
      await engine.update(now(mapping) as Mapping, { enabled: false });
      await aws.until("disabled", () => now(mapping)?.state === "Disabled");
      const missed = aws.put("shard-0", keys(3));
      await aws.rest();
      expect(batches.flat()).toHaveLength(2);
      expect((await engine.update(now(mapping) as Mapping, { enabled: true })).state).toBe("Enabling");
      await aws.until("the rest", () => batches.flat().length === 5);
      expect(batches.flat().slice(2)).toEqual(missed);
    });

    it("leave nothing behind after Deleting", async () => {
      const mapping = await create();
      aws.put("shard-0", keys(2));
      await aws.until("read", () => position(mapping)?.kind === "after");
      expect(engine.remove(now(mapping) as Mapping).state).toBe("Deleting");
      await aws.until("gone", () => now(mapping) === undefined);
      expect(engine.store.positions(mapping).size).toBe(0);
    });

    it("say what is wrong when the stream is gone, and read its successor from the beginning", async () => {
      const batches = collect();
      const mapping = await create();
      aws.put("shard-0", keys(2));
      await aws.until("read", () => batches.flat().length === 2);
      aws.streamExists = false;
      aws.shards.clear();
      aws.host.signals.notify(`kinesis:${mapping.eventSourceArn}`);
      await aws.until("problem", () => now(mapping)?.lastProcessingResult.startsWith("PROBLEM: ") === true);
      expect(now(mapping)?.state).toBe("Enabled");
      await aws.clock.advance(60_000);
      aws.streamExists = true;
      aws.createdAt = new Date(aws.clock.now());
      aws.addShard("shard-0");
      const put = aws.put("shard-0", keys(3));
      await aws.stepUntil("the new stream", () => batches.flat().length === 5);
      expect(batches.flat().slice(2)).toEqual(put);
    });
  });

  it("is at rest when there is nothing to do", async () => {
    const batches = collect();
    await create();
    aws.put("shard-0", keys(2));
    await aws.until("read", () => batches.length === 1);
    await aws.rest();
    const { callCount } = aws;
    await aws.clock.advance(24 * 3_600_000);
    await aws.rest();
    expect(aws.callCount).toBe(callCount);
  });
});

describe("MappingEngine after a kill in the middle of a transition", () => {
  it.each<[Mapping["state"], boolean, Mapping["state"] | undefined]>([
    ["Creating", true, "Enabled"],
    ["Creating", false, "Disabled"],
    ["Enabling", true, "Enabled"],
    ["Updating", true, "Enabled"],
    ["Updating", false, "Disabled"],
    ["Disabling", false, "Disabled"],
    ["Deleting", true, undefined],
  ])("leads %s (enabled: %s) to %s", async (state, enabled, expected) => {
    const aws = new FakeAws();
    aws.addShard("shard-0");
    const put = aws.put("shard-0", keys(2));
    const delivered: string[] = [];
    aws.handler = (event) => void delivered.push(...sequenceNumbers(event));
    const engine = new MappingEngine(aws.host, aws.invoker);
    const mapping = aws.mapping({}, { state, enabled });
    engine.store.put(mapping);
    engine.start();
    await aws.rest();
    expect(engine.store.get(mapping.account, mapping.region, mapping.uuid)?.state).toBe(expected);
    expect(delivered).toEqual(expected === "Enabled" ? put : []);
    await engine.stop();
    await aws.storage.close();
  });
});

describe("MappingEngine whatever the function does", () => {
  type Turn = "success" | "failure" | "throttle" | "partial" | "malformed";
  const turn = fc.constantFrom<Turn>("success", "failure", "throttle", "partial", "malformed");
  const settings = fc.record({
    batchSize: fc.integer({ min: 1, max: 12 }),
    parallelizationFactor: fc.integer({ min: 1, max: 4 }),
    bisectBatchOnFunctionError: fc.boolean(),
    maximumRetryAttempts: fc.integer({ min: 0, max: 3 }),
    maximumBatchingWindowInSeconds: fc.constantFrom(0, 0, 5),
  });

  it("brings every record to the function or to the bucket before the checkpoint passes it, each key in order", async () => {
    const scenario = fc.asyncProperty(
      settings,
      fc.array(fc.nat(9), { minLength: 1, maxLength: 60 }),
      fc.array(turn, { maxLength: 60 }),
      fc.array(fc.boolean(), { maxLength: 5 }),
      async (chosen, partitionKeys, script, bucketFailures) => {
        const aws = new FakeAws();
        aws.addShard("shard-0");
        const engine = new MappingEngine(aws.host, aws.invoker);
        const put = aws.put(
          "shard-0",
          partitionKeys.map((key) => `key-${key}`),
        );
        const mapping = aws.mapping({ ...chosen, reportBatchItemFailures: true, onFailureDestination: bucket });
        const settled: string[] = [];
        const passed = () => {
          const position = engine.store.positions(mapping).get("shard-0");
          return position?.kind === "after" ? put.indexOf(position.sequenceNumber) + 1 : 0;
        };
        aws.beforeS3 = () => {
          if (bucketFailures.shift()) throw new Error("no such bucket");
        };
        aws.handler = (event) => {
          const numbers = sequenceNumbers(event);
          expect(numbers.length).toBeLessThanOrEqual(chosen.batchSize);
          // nothing that is behind the checkpoint comes again, and what comes is not behind it
          for (const number of numbers) expect(put.indexOf(number)).toBeGreaterThanOrEqual(passed());
          switch (script.shift() ?? "success") {
            case "failure":
              throw new FunctionError("bad");
            case "throttle":
              throw new AwsError({ code: "TooManyRequestsException", status: 429 }, "Rate Exceeded.");
            case "malformed":
              return { batchItemFailures: [{ itemIdentifier: "none" }] };
            case "partial": {
              const at = aws.host.ids.integer(numbers.length);
              settled.push(...numbers.slice(0, at));
              return { batchItemFailures: [{ itemIdentifier: numbers[at] }] };
            }
            default:
              settled.push(...numbers);
              return null;
          }
        };
        await engine.create(mapping);
        await aws.stepUntil("the end of the shard", () => passed() === put.length, 500);
        const discarded = [...aws.objects.values()].flatMap((text) => {
          const { payload } = JSON.parse(text) as { payload: string };
          return sequenceNumbers(JSON.parse(payload) as KinesisEvent);
        });
        expect([...settled, ...discarded].toSorted()).toEqual(put);
        const keyOf = (number: string) => partitionKeys[put.indexOf(number)];
        for (const key of new Set(partitionKeys)) {
          const ofKey = settled.filter((number) => keyOf(number) === key);
          expect(ofKey).toEqual(ofKey.toSorted());
        }
        await engine.stop();
        await aws.storage.close();
      },
    );
    await fc.assert(scenario, { numRuns: 60 });
  });
});

describe("MappingEngine after a kill", () => {
  it("delivers every record at least once, whenever it was killed", async () => {
    const directory = mkdtempSync(join(tmpdir(), "headwater-mapping-"));
    try {
      const delivered = new Set<string>();
      let put: string[] = [];
      let aws = new FakeAws(directory);
      aws.addShard("shard-0");
      put = aws.put("shard-0", keys(300));
      const { shards } = aws;
      for (let life = 0; life < 12; life++) {
        if (life > 0) {
          aws = new FakeAws(directory);
          for (const [id, shard] of shards) aws.shards.set(id, shard);
        }
        const engine = new MappingEngine(aws.host, aws.invoker);
        let left = life === 11 ? Infinity : 3 + aws.host.ids.integer(25);
        aws.handler = async (event) => {
          if (left-- <= 0) return new Promise(() => undefined);
          await new Promise((resolve) => setImmediate(resolve));
          for (const sequenceNumber of sequenceNumbers(event)) delivered.add(sequenceNumber);
        };
        if (life === 0) await engine.create(aws.mapping({ batchSize: 3, parallelizationFactor: 3 }));
        else engine.start();
        const isOver = () => left <= 0 || delivered.size === put.length;
        await aws.until("this life's end", isOver);
        // a kill: what is with the function never answers, nothing is settled any more
        await engine.stop();
        await aws.storage.close();
      }
      expect([...delivered].toSorted()).toEqual(put);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
