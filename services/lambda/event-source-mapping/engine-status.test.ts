import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { FunctionError } from "./fake-aws.ts";
import { keys, MappingHarness } from "./mapping-harness.ts";
import type { ShardStatus } from "./status.ts";

describe("the status of a mapping", () => {
  let run: MappingHarness;

  beforeEach(() => {
    run = new MappingHarness();
  });

  afterEach(async () => {
    await run.stop();
  });

  const shard = (): ShardStatus | undefined => run.engine.status().mappings[0]?.shards[0];

  it("shows the batch that is with the function, and what waits behind it", async () => {
    const put = run.aws.put("shard-0", keys(5));
    let finish = () => {};
    run.aws.handler = () => new Promise<void>((resolve) => (finish = resolve));
    const mapping = await run.create({ batchSize: 2 });
    await run.aws.until("invoked", () => shard()?.batches.length === 1);
    await run.aws.clock.advance(3000);
    expect(run.engine.status()).toEqual({
      now: run.aws.clock.now(),
      mappings: [
        {
          uuid: mapping.uuid,
          account: mapping.account,
          region: mapping.region,
          functionArn: mapping.functionArn,
          eventSourceArn: mapping.eventSourceArn,
          state: "Enabled",
          lastProcessingResult: "No records processed",
          shards: [
            {
              shardId: "shard-0",
              position: { kind: "horizon" },
              iteratorAgeMs: 3000,
              waiting: 3,
              isAtTip: true,
              batches: [
                {
                  size: 2,
                  first: put[0],
                  last: put[1],
                  attempt: 1,
                  isRunning: true,
                  nextAttemptAt: null,
                  lastError: null,
                },
              ],
              window: null,
              counts: { read: 5, filtered: 0, invoked: 2, failed: 0, discarded: 0, sentOnFailure: 0, deleted: 0 },
              lastError: null,
            },
          ],
        },
      ],
    });
    run.aws.handler = () => null;
    finish();
    await run.aws.until("all is done", () => shard()?.counts.invoked === 5 && shard()?.batches.length === 0);
    expect(shard()).toMatchObject({ position: { sequenceNumber: put[4] }, iteratorAgeMs: 0, waiting: 0 });
  });

  it("shows which attempt comes next, when, and why", async () => {
    run.aws.put("shard-0", keys(1));
    run.aws.handler = () => {
      throw new FunctionError("out of order");
    };
    await run.create();
    await run.aws.stepUntil("the third attempt has failed", () => shard()?.batches[0]?.attempt === 4, 100);
    const [batch] = shard()?.batches ?? [];
    expect(batch).toMatchObject({ attempt: 4, isRunning: false, lastError: "Unhandled: out of order" });
    expect(batch?.nextAttemptAt).toBeGreaterThan(run.aws.clock.now() - 1);
    expect(shard()?.lastError?.message).toBe("Unhandled: out of order");
  });
});
