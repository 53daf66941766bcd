import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { keys, MappingHarness } from "./mapping-harness.ts";

describe("MappingEngine, with a batch that is still failing", () => {
  let run: MappingHarness;

  beforeEach(() => {
    run = new MappingHarness();
  });

  afterEach(async () => {
    await run.stop();
  });

  const waiting = (): number => run.engine.status().mappings[0]?.shards[0]?.waiting ?? 0;

  it("lets other keys go on past whatever piles up behind a batch that is still failing", async () => {
    run.aws.put("shard-0", Array<string>(3000).fill("bad"));
    run.aws.put("shard-0", keys(100));
    const batches = run.collect((event) => event.Records.some(({ kinesis }) => kinesis.partitionKey === "bad"));
    await run.create({ batchSize: 1, parallelizationFactor: 10 });
    await run.aws.until("most of the others", () => batches.length > 70);
    expect(waiting()).toBeGreaterThan(2900);
  });

  it("reads no more than 100,000 records ahead of a batch that is still failing", async () => {
    run.aws.put("shard-0", Array<string>(101_000).fill("bad"));
    run.collect(() => true);
    await run.create({ batchSize: 1, parallelizationFactor: 2 });
    await run.aws.until("the bound", () => waiting() === 99_999);
    await run.aws.rest();
    expect(waiting()).toBe(99_999);
  });

  it("reads ahead of a batch that is still failing one batch and 1,000 records, where there are no other lanes", async () => {
    run.aws.put("shard-0", keys(3000));
    run.collect(() => true);
    await run.create({ batchSize: 10 });
    await run.aws.until("the batch", () => waiting() >= 1000);
    await run.aws.rest();
    expect(waiting()).toBeLessThanOrEqual(1010);
  });
});
