import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { keys, MappingHarness } from "./mapping-harness.ts";

describe("MappingEngine", () => {
  let run: MappingHarness;

  beforeEach(() => {
    run = new MappingHarness();
  });

  afterEach(async () => {
    await run.stop();
  });

  describe("parallelization", () => {
    it("runs several batches of a shard at once and keeps the order of each partition key", async () => {
      const partitionKeys = Array.from({ length: 400 }, (_, index) => `k${index % 20}`);
      const put = run.aws.put("shard-0", partitionKeys);
      const byKey = new Map<string, string[]>();
      let running = 0;
      let mostRunning = 0;
      run.aws.handler = async (event) => {
        mostRunning = Math.max(mostRunning, ++running);
        for (let turn = 0; turn < run.aws.host.ids.integer(8); turn++)
          await new Promise((resolve) => setImmediate(resolve));
        running--;
        for (const { kinesis } of event.Records) {
          byKey.set(kinesis.partitionKey, [...(byKey.get(kinesis.partitionKey) ?? []), kinesis.sequenceNumber]);
        }
      };
      const mapping = await run.create({ batchSize: 5, parallelizationFactor: 4 });
      const done = { kind: "after", sequenceNumber: put.at(-1) };
      await run.aws.until("all", () => JSON.stringify(run.position(mapping)) === JSON.stringify(done));
      expect(mostRunning).toBe(4);
      for (const numbers of byKey.values()) expect(numbers).toEqual(numbers.toSorted());
      expect([...byKey.values()].flat()).toHaveLength(400);
    });

    it("holds the checkpoint before a batch that is still failing, while other keys go on", async () => {
      const put = run.aws.put("shard-0", ["bad", ...keys(60)]);
      const batches = run.collect((event) => event.Records.some(({ kinesis }) => kinesis.partitionKey === "bad"));
      const mapping = await run.create({ batchSize: 1, parallelizationFactor: 10 });
      await run.aws.until("others", () => batches.length > 20);
      expect(run.position(mapping)).toEqual({ kind: "horizon" });
      expect(batches.flat()).not.toContain(put[0]);
    });
  });
});
