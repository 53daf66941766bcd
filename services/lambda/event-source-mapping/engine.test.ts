import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { MappingEngine } from "./engine.ts";
import { FakeAws, FunctionError } from "./fake-aws.ts";
import { keys, MappingHarness, sequenceNumbers } from "./mapping-harness.ts";
import type { Mapping } from "./model.ts";

describe("MappingEngine", () => {
  let run: MappingHarness;

  beforeEach(() => {
    run = new MappingHarness();
  });

  afterEach(async () => {
    await run.stop();
  });

  describe("batches", () => {
    it("are cut at the batch size and in the order of the shard", async () => {
      const put = run.aws.put("shard-0", keys(25));
      const batches = run.collect();
      const mapping = await run.create({ batchSize: 10 });
      await run.aws.until("all delivered", () => batches.flat().length === 25);
      expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
      expect(batches.flat()).toEqual(put);
      await run.aws.until("checkpoint at the end", () => run.now(mapping)?.lastProcessingResult === "OK");
      expect(run.position(mapping)).toEqual({ kind: "after", sequenceNumber: put.at(-1) });
    });

    it("come from all that a shard holds, however much more than is read at once", async () => {
      const put = run.aws.put("shard-0", keys(5000));
      const batches = run.collect();
      await run.create();
      await run.aws.until("all delivered", () => batches.flat().length === 5000);
      expect(batches.flat()).toEqual(put);
    });

    it("leave nothing listening on the signals that outlive them", async () => {
      run.aws.put("shard-0", keys(30));
      const signals: AbortSignal[] = [];
      run.aws.handler = (_event, { signal }) => {
        if (signal) signals.push(signal);
        // a retry waits with a listener of its own
        if (signals.length % 3 === 0) throw new FunctionError("bad");
      };
      const mapping = await run.create({ batchSize: 1 });
      await run.aws.stepUntil("all delivered", () => signals.length >= 40);
      await run.aws.until("the report", () => run.now(mapping)?.lastProcessingResult === "OK");
      expect(new Set(signals).size).toBe(1);
      expect(getEventListeners(signals[0] as AbortSignal, "abort").length).toBeLessThanOrEqual(1);
    });

    it("wait for their window, and not longer", async () => {
      const batches = run.collect();
      await run.create({ maximumBatchingWindowInSeconds: 30 });
      run.aws.put("shard-0", keys(3));
      await run.aws.rest();
      await run.aws.clock.advance(20_000);
      run.aws.put("shard-0", keys(2));
      await run.aws.rest();
      expect(batches).toEqual([]);
      await run.aws.clock.advance(9_999);
      await run.aws.rest();
      expect(batches).toEqual([]);
      await run.aws.clock.advance(1);
      await run.aws.until("the batch", () => batches.length === 1);
      expect(batches[0]).toHaveLength(5);
    });
  });

  describe("positions", () => {
    it("begin with what is put after the answer when LATEST, even at the same instant", async () => {
      run.aws.put("shard-0", keys(5));
      const batches = run.collect();
      await run.create({}, { startingPosition: "LATEST" });
      const later = run.aws.put("shard-0", keys(2));
      await run.aws.until("delivered", () => batches.flat().length === 2);
      expect(batches.flat()).toEqual(later);
    });

    it("keep LATEST over hours without records", async () => {
      run.aws.put("shard-0", keys(5));
      const batches = run.collect();
      await run.create({}, { startingPosition: "LATEST" });
      await run.aws.rest();
      for (let minute = 0; minute < 180; minute++) {
        await run.aws.clock.advance(60_000);
        await run.aws.rest();
      }
      const later = run.aws.put("shard-0", keys(2));
      await run.aws.until("delivered", () => batches.flat().length === 2);
      expect(batches.flat()).toEqual(later);
    });

    it("outlive the iterators of an idle shard: nothing comes twice, and at once", async () => {
      const batches = run.collect();
      await run.create();
      const first = run.aws.put("shard-0", keys(3));
      await run.aws.until("the first", () => batches.flat().length === 3);
      await run.aws.rest();
      await run.aws.clock.advance(3_600_000);
      const next = run.aws.put("shard-0", keys(2));
      await run.aws.until("the next", () => batches.flat().length >= 5);
      expect(batches.flat()).toEqual([...first, ...next]);
    });

    it("begin in a stream that is still being made, once it has shards", async () => {
      run.aws.shards.clear();
      const batches = run.collect();
      await run.create({}, { startingPosition: "LATEST" });
      await run.aws.rest();
      run.aws.addShard("shard-0");
      run.aws.put("shard-0", keys(2));
      await run.aws.until("delivered", () => batches.flat().length === 2);
    });

    it("begin at a timestamp in every shard", async () => {
      run.aws.put("shard-0", keys(5));
      await run.aws.clock.advance(1000);
      const atMs = run.aws.clock.now();
      const wanted = run.aws.put("shard-0", keys(2));
      const batches = run.collect();
      await run.create({}, { startingPosition: "AT_TIMESTAMP", startingPositionTimestamp: atMs });
      await run.aws.until("delivered", () => batches.flat().length === 2);
      expect(batches.flat()).toEqual(wanted);
    });

    it("finish a closed shard before its children, and read children from their beginning", async () => {
      const parent = run.aws.put("shard-0", keys(30));
      run.aws.addShard("shard-1", ["shard-0"]);
      run.aws.addShard("shard-2", ["shard-0"]);
      const children = [...run.aws.put("shard-1", keys(3)), ...run.aws.put("shard-2", keys(3))];
      const batches = run.collect();
      const mapping = await run.create({ batchSize: 10 });
      await run.aws.until("all", () => batches.flat().length === 36);
      expect(batches.flat().slice(0, 30)).toEqual(parent);
      expect(new Set(batches.flat().slice(30))).toEqual(new Set(children));
      expect(run.position(mapping)).toEqual({ kind: "finished" });
    });

    it("follow a reshard that comes while the mapping runs", async () => {
      const batches = run.collect();
      await run.create({}, { startingPosition: "LATEST" });
      run.aws.put("shard-0", keys(1));
      await run.aws.until("first", () => batches.length === 1);
      run.aws.addShard("shard-1", ["shard-0"]);
      run.aws.put("shard-1", keys(4));
      await run.aws.until("child", () => batches.flat().length === 5);
    });
  });

  describe("states", () => {
    it("go from Creating to Enabled, and through Disabling after the batch in flight has ended", async () => {
      run.aws.put("shard-0", keys(3));
      let finish: (() => void) | undefined;
      run.aws.handler = () => new Promise<void>((resolve) => void (finish = resolve));
      const mapping = await run.create({ batchSize: 1 });
      expect(run.now(mapping)?.state).toBe("Creating");
      await run.aws.until("invoked", () => finish !== undefined);
      expect(run.now(mapping)?.state).toBe("Enabled");

      const updated = await run.engine.update(run.now(mapping) as Mapping, { enabled: false });
      expect(updated.state).toBe("Disabling");
      await run.aws.rest();
      expect(run.now(mapping)?.state).toBe("Disabling");
      await expect(run.engine.update(run.now(mapping) as Mapping, {})).rejects.toThrow(
        "Cannot update the event source mapping because it is in use.",
      );
      finish?.();
      await run.aws.until("disabled", () => run.now(mapping)?.state === "Disabled");
      expect(run.position(mapping)).toEqual({ kind: "after", sequenceNumber: "1000" });
    });

    it("go on from the checkpoint when enabled again", async () => {
      const batches = run.collect();
      const mapping = await run.create();
      run.aws.put("shard-0", keys(2));
      await run.aws.until("first", () => batches.flat().length === 2);
      await run.engine.update(run.now(mapping) as Mapping, { enabled: false });
      await run.aws.until("disabled", () => run.now(mapping)?.state === "Disabled");
      const missed = run.aws.put("shard-0", keys(3));
      await run.aws.rest();
      expect(batches.flat()).toHaveLength(2);
      expect((await run.engine.update(run.now(mapping) as Mapping, { enabled: true })).state).toBe("Enabling");
      await run.aws.until("the rest", () => batches.flat().length === 5);
      expect(batches.flat().slice(2)).toEqual(missed);
    });

    it("are gone for good when a mapping is deleted while an update of it is under way", async () => {
      for (let shard = 1; shard < 30; shard++) run.aws.addShard(`shard-${shard}`);
      const mapping = await run.create({}, { enabled: false, startingPosition: "LATEST" });
      const settled = () => run.now(mapping) as Mapping;
      await run.aws.until("Disabled", () => settled().state === "Disabled");
      const update = run.engine.update(settled(), { enabled: true }).catch((error: Error) => error.name);
      run.engine.remove(settled());
      expect(await update).toBe("ResourceNotFoundException");
      await run.aws.rest();
      expect(run.now(mapping)).toBeUndefined();
      expect(run.engine.status().mappings).toEqual([]);
    });

    it("leave nothing behind after Deleting", async () => {
      const mapping = await run.create();
      run.aws.put("shard-0", keys(2));
      await run.aws.until("read", () => run.position(mapping)?.kind === "after");
      expect(run.engine.remove(run.now(mapping) as Mapping).state).toBe("Deleting");
      await run.aws.until("gone", () => run.now(mapping) === undefined);
      expect(run.engine.store.positions(mapping).size).toBe(0);
    });

    it("say what is wrong when the stream is gone, and read its successor from the beginning", async () => {
      const batches = run.collect();
      const mapping = await run.create({}, { startingPosition: "LATEST" });
      run.aws.put("shard-0", keys(2));
      await run.aws.until("read", () => batches.flat().length === 2);
      run.aws.streamExists = false;
      run.aws.shards.clear();
      run.aws.host.signals.notify(`kinesis:${mapping.eventSourceArn}`);
      await run.aws.until("problem", () => run.now(mapping)?.lastProcessingResult.startsWith("PROBLEM: ") === true);
      expect(run.now(mapping)?.state).toBe("Enabled");
      await run.aws.clock.advance(60_000);
      run.aws.streamExists = true;
      run.aws.createdAt = new Date(run.aws.clock.now());
      run.aws.addShard("shard-0");
      const put = run.aws.put("shard-0", keys(3));
      await run.aws.stepUntil("the new stream", () => batches.flat().length === 5);
      expect(batches.flat().slice(2)).toEqual(put);
    });
  });

  it("is at rest when there is nothing to do", async () => {
    const batches = run.collect();
    await run.create();
    run.aws.put("shard-0", keys(2));
    await run.aws.until("read", () => batches.length === 1);
    await run.aws.rest();
    const { callCount } = run.aws;
    await run.aws.clock.advance(24 * 3_600_000);
    await run.aws.rest();
    expect(run.aws.callCount).toBe(callCount);
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
