import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { backoffMs, decide, expiredCount, type Outcome, type Part } from "./delivery.ts";
import { records } from "./event-factory.ts";
import type { SourceRecord } from "./model.ts";

const part = (count: number, retriesUsed = 0): Part => ({
  records: records(count),
  retriesUsed,
  invokeCount: retriesUsed,
});
const plain = { bisectBatchOnFunctionError: false, maximumRetryAttempts: 2 };
const bisecting = { bisectBatchOnFunctionError: true, maximumRetryAttempts: 2 };
const failure: Outcome = { kind: "failure" };
/** The records of a part from the one at `index` on have failed. */
const failedAt = (index: number, of: readonly SourceRecord[] = records(5)): Outcome => ({
  kind: "partial",
  failed: new Set(of.slice(index).map(({ id }) => id)),
});

describe("decide", () => {
  it("settles the whole batch after a success", () => {
    expect(decide(part(4), { kind: "success" }, plain)).toMatchObject({
      settled: records(4),
      remaining: [],
      discarded: [],
    });
  });

  it("tries the same batch again after a failure, later, and counts the retry", () => {
    const decision = decide(part(4), failure, plain);
    expect(decision).toMatchObject({ settled: [], discarded: [], backOff: true });
    expect(decision.remaining).toEqual([{ records: records(4), retriesUsed: 1, invokeCount: 1 }]);
  });

  it("gives the batch up when its retries are used up", () => {
    expect(decide(part(4, 2), failure, plain)).toMatchObject({ discarded: records(4), remaining: [] });
  });

  it("never gives up with unlimited retries", () => {
    const decision = decide(part(4, 5000), failure, { ...plain, maximumRetryAttempts: -1 });
    expect(decision.remaining[0]?.retriesUsed).toBe(5001);
  });

  it("splits a failed batch in two without using up a retry", () => {
    const { remaining, backOff } = decide(part(5), failure, bisecting);
    expect(remaining.map((half) => [half.records.length, half.retriesUsed])).toEqual([
      [3, 0],
      [2, 0],
    ]);
    expect(backOff).toBe(false);
  });

  it("splits also when no retries are allowed at all", () => {
    expect(decide(part(2), failure, { ...bisecting, maximumRetryAttempts: 0 }).remaining).toHaveLength(2);
  });

  it("retries a single record that cannot be split", () => {
    expect(decide(part(1), failure, bisecting).remaining[0]).toMatchObject({ retriesUsed: 1 });
  });

  it("settles what comes before the first failed record of a partial failure", () => {
    const decision = decide(part(5), failedAt(3), plain);
    expect(decision.settled).toHaveLength(3);
    expect(decision.remaining).toEqual([{ records: records(5).slice(3), retriesUsed: 1, invokeCount: 1 }]);
  });

  it("splits at the first failed record of a partial failure when bisecting", () => {
    const decision = decide(part(5), failedAt(3), bisecting);
    expect(decision.settled).toHaveLength(3);
    expect(decision.remaining).toEqual([{ records: records(5).slice(3), retriesUsed: 0, invokeCount: 1 }]);
  });

  it("gives up only the rest of a partial failure", () => {
    const decision = decide(part(5, 2), failedAt(1), plain);
    expect(decision).toMatchObject({ settled: records(1), discarded: records(5).slice(1) });
  });

  it("uses up nothing when the function was not reached", () => {
    expect(decide(part(5, 2), { kind: "not-invoked" }, plain)).toMatchObject({
      remaining: [part(5, 2)],
      backOff: true,
    });
  });

  it("brings every record to exactly one end, in order, whatever the function does", () => {
    /** A number: the place of the first failed record, of as many as there are. */
    const outcome = fc.oneof(
      fc.constant<Outcome>({ kind: "success" }),
      fc.constant<Outcome>(failure),
      fc.constant<Outcome>({ kind: "not-invoked" }),
      fc.nat(99),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 3 }),
        fc.array(outcome, { maxLength: 400 }),
        (count, bisectBatchOnFunctionError, maximumRetryAttempts, script) => {
          const ended: SourceRecord[] = [];
          let parts: readonly Part[] = [part(count)];
          for (let turn = 0; parts.length > 0; turn++) {
            // when the script is over the function fails for good: the end must still come
            const scripted = script[turn] ?? failure;
            const [next, ...others] = parts;
            if (!next) break;
            const attempt =
              typeof scripted === "number" ? failedAt(scripted % next.records.length, next.records) : scripted;
            const decision = decide(next, attempt, { bisectBatchOnFunctionError, maximumRetryAttempts });
            ended.push(...decision.settled, ...decision.discarded);
            parts = [...decision.remaining, ...others];
            expect(turn).toBeLessThan(5000);
          }
          expect(ended.map((record) => record.ordinal)).toEqual(records(count).map((record) => record.ordinal));
        },
      ),
    );
  });

  it("isolates one bad record by bisecting: all others are delivered", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (count, at) => {
        const bad = at % count;
        const delivered: number[] = [];
        const discarded: number[] = [];
        let parts: readonly Part[] = [part(count)];
        for (let [next, ...others] = parts; next; [next, ...others] = parts) {
          const isBad = next.records.some((record) => record.ordinal === bad);
          const decision = decide(next, isBad ? failure : { kind: "success" }, bisecting);
          delivered.push(...decision.settled.map((record) => record.ordinal));
          discarded.push(...decision.discarded.map((record) => record.ordinal));
          parts = [...decision.remaining, ...others];
        }
        expect(discarded).toEqual([bad]);
        expect(delivered).toHaveLength(count - 1);
      }),
    );
  });
});

describe("expiredCount", () => {
  it("counts records older than the age, from the first on", () => {
    const list = [0, 1000, 2000].map((arrivedAt) => ({ ...(records(1)[0] as SourceRecord), arrivedAt }));
    expect(expiredCount(list, 61_500, 60_000)).toBe(2);
    expect(expiredCount(list, 60_000, 60_000)).toBe(0);
    expect(expiredCount(list, 900_000, 60_000)).toBe(3);
    expect(expiredCount(list, 900_000, Infinity)).toBe(0);
  });
});

describe("backoffMs", () => {
  it("doubles up to ten seconds", () => {
    expect([1, 2, 3, 8, 500].map(backoffMs)).toEqual([100, 200, 400, 10_000, 10_000]);
  });
});
