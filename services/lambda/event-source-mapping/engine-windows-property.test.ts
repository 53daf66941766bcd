import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { AwsError } from "../../../emulator/model/errors.ts";
import { Storage } from "../../../emulator/storage/storage.ts";
import { MappingEngine } from "./engine.ts";
import { FakeAws, FunctionError, type KinesisEvent } from "./fake-aws.ts";
import { keys } from "./mapping-harness.ts";

interface WindowEvent extends KinesisEvent {
  readonly window: { readonly start: string };
  readonly state: { readonly seen?: readonly string[] };
  readonly isFinalInvokeForWindow: boolean;
}

type Step = { readonly put: number } | { readonly waitMs: number } | "kill" | "reshard";
type Turn = "success" | "failure" | "throttle" | "partial" | "stateless";

const WINDOW_MS = 60_000;

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ put: fc.integer({ min: 1, max: 7 }) }) },
  { weight: 5, arbitrary: fc.record({ waitMs: fc.constantFrom(10, 900, 20_000, 59_999, 60_000, 130_000) }) },
  { weight: 1, arbitrary: fc.constant<Step>("kill") },
  { weight: 1, arbitrary: fc.constant<Step>("reshard") },
);

/** What the function keeps in its windows is what it was given in them: that is all that may end in a final invocation. */
it("tumbling windows end with every record of theirs, once and in order, whatever fails or is killed on the way", async () => {
  const storage = new Storage();
  const scenario = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 14 }),
    fc.array(fc.constantFrom<Turn>("success", "success", "failure", "throttle", "partial", "stateless"), {
      maxLength: 20,
    }),
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom(0, 5),
    async (steps, script, batchSize, maximumBatchingWindowInSeconds) => {
      const aws = new FakeAws(storage);
      const due = new Map<string, string[]>();
      const ended = new Map<string, readonly string[]>();
      const endedTwice: string[] = [];
      let shards = 1;
      aws.addShard("shard-0");
      aws.handler = (event) => {
        const { Records, state, window, shardId, isFinalInvokeForWindow } = event as WindowEvent & { shardId: string };
        const numbers = Records.map(({ kinesis }) => kinesis.sequenceNumber);
        const turn = script.shift() ?? "success";
        if (turn === "failure") throw new FunctionError("bad");
        if (turn === "throttle")
          throw new AwsError({ code: "TooManyRequestsException", status: 429 }, "Rate Exceeded.");
        if (isFinalInvokeForWindow) {
          const name = `${shardId} ${window.start}`;
          if (ended.has(name)) endedTwice.push(name);
          ended.set(name, state.seen ?? []);
          return null;
        }
        if (turn === "stateless") return { count: 1 };
        const done = turn === "partial" ? numbers.slice(0, Math.floor(numbers.length / 2)) : numbers;
        const failed = numbers[done.length];
        return {
          state: { seen: [...(state.seen ?? []), ...done] },
          batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }],
        };
      };
      const mapping = aws.mapping({
        tumblingWindowInSeconds: WINDOW_MS / 1000,
        batchSize,
        maximumBatchingWindowInSeconds,
        reportBatchItemFailures: true,
      });
      let engine = new MappingEngine(aws.host, aws.invoker);
      await engine.create(mapping);
      try {
        for (const next of steps) {
          if (next === "kill") {
            await engine.stop();
            engine = new MappingEngine(aws.host, aws.invoker);
            engine.start();
          } else if (next === "reshard") aws.addShard(`shard-${shards++}`, [`shard-${shards - 2}`]);
          else if ("put" in next) {
            const shardId = `shard-${shards - 1}`;
            const startMs = Math.floor(aws.clock.now() / WINDOW_MS) * WINDOW_MS;
            const name = `${shardId} ${new Date(startMs).toISOString().replace(".000", "")}`;
            due.set(name, [...(due.get(name) ?? []), ...aws.put(shardId, keys(next.put))]);
          } else {
            await aws.rest();
            await aws.clock.advance(next.waitMs);
          }
        }
        await aws.stepUntil("every window has ended", () => ended.size === due.size, 5_000);
        expect(ended).toEqual(due);
        expect(endedTwice).toEqual([]);
      } finally {
        await engine.stop();
        engine.store.remove(mapping);
      }
    },
  );
  await fc.assert(scenario, { numRuns: 150 });
  await storage.close();
});
