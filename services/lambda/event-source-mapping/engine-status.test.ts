import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { FunctionError } from "./fake-aws.ts";
import { keys, MappingHarness } from "./mapping-harness.ts";
import type { Mapping } from "./model.ts";
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
              state: "reading",
              position: { kind: "horizon" },
              iteratorAgeMs: 3000,
              waiting: 3,
              isAtTip: true,
              batches: [
                {
                  size: 2,
                  first: put[0],
                  last: put[1],
                  oldestArrivedAt: run.aws.clock.now() - 3000,
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

  it("shows the checkpoints of a mapping that is switched off", async () => {
    const put = run.aws.put("shard-0", keys(2));
    const mapping = await run.create();
    await run.aws.until("all is done", () => shard()?.counts.invoked === 2 && shard()?.batches.length === 0);
    await run.engine.update(run.now(mapping) as Mapping, { enabled: false });
    await run.aws.until("Disabled", () => run.now(mapping)?.state === "Disabled");
    const position = { kind: "after", sequenceNumber: put[1] };
    expect(shard()).toMatchObject({ shardId: "shard-0", state: "stopped", position, iteratorAgeMs: null });
  });

  it("shows the children of a shard that is not read to its end", async () => {
    run.aws.put("shard-0", keys(1));
    run.collect(() => true);
    await run.create();
    await run.aws.until("failing", () => shard()?.batches.length === 1);
    run.aws.addShard("child", ["shard-0"]);
    const shards = () => run.engine.status().mappings[0]?.shards ?? [];
    await run.aws.until("the child is seen", () => shards().length > 1);
    expect(shards().map(({ shardId, state }) => [shardId, state])).toEqual([
      ["shard-0", "reading"],
      ["child", "waiting"],
    ]);
    run.collect();
    await run.aws.stepUntil("the child's turn", () => shard()?.shardId === "child", 100);
    expect(shards()).toHaveLength(1);
    expect(shard()?.state).toBe("reading");
  });

  it("does not know the age of what it cannot read", async () => {
    const call = run.aws.host.callAs({} as never);
    const failing = async (service: never, operation: string, ...rest: never[]): Promise<unknown> => {
      if (operation === "GetRecords") throw new Error("no answer");
      return (call as unknown as (...all: unknown[]) => Promise<unknown>)(service, operation, ...rest);
    };
    Object.assign(run.aws.host, { callAs: () => failing });
    run.aws.put("shard-0", keys(1));
    await run.create();
    await run.aws.until("the failure", () => shard()?.lastError != null);
    expect(shard()?.iteratorAgeMs).toBeNull();
  });
});
