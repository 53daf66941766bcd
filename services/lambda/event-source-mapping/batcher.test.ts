import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { cutBatch, MAXIMUM_PAYLOAD_BYTES } from "./batcher.ts";
import { records } from "./event-factory.ts";
import type { SourceRecord } from "./model.ts";
import { eventOf } from "./event.ts";

const pending = (list: readonly SourceRecord[]) => ({
  records: list,
  sizeBytes: list.reduce((sum, record) => sum + record.sizeBytes, 0),
});

const settings = (batchSize: number, window = 0) => ({ batchSize, maximumBatchingWindowInSeconds: window });

describe("cutBatch", () => {
  it("has nothing to do without records", () => {
    expect(cutBatch(pending([]), settings(10), 0, true)).toEqual({ kind: "idle" });
  });

  it("sends what there is when there is no window", () => {
    expect(cutBatch(pending(records(3)), settings(10), 0, false)).toEqual({ kind: "send", count: 3 });
  });

  it("never sends more than the batch size", () => {
    expect(cutBatch(pending(records(25)), settings(10, 60), 0, false)).toEqual({ kind: "send", count: 10 });
  });

  it("waits for the window of the oldest record, and sends when it is over", () => {
    const some = pending(records(3, { readAt: 1000 }));
    expect(cutBatch(some, settings(10, 5), 5999, false)).toEqual({ kind: "wait", untilMs: 6000 });
    expect(cutBatch(some, settings(10, 5), 6000, false)).toEqual({ kind: "send", count: 3 });
  });

  it("does not wait for the window when nothing more can come", () => {
    expect(cutBatch(pending(records(3)), settings(10, 300), 0, true)).toEqual({ kind: "send", count: 3 });
  });

  it("sends as soon as the payload is full, whatever the window", () => {
    const large = pending(records(7, { sizeBytes: 1_000_000 }));
    expect(cutBatch(large, settings(10_000, 300), 0, false)).toEqual({ kind: "send", count: 6 });
  });

  it("sends a record that alone is too large, alone", () => {
    const huge = pending(records(2, { sizeBytes: MAXIMUM_PAYLOAD_BYTES + 1 }));
    expect(cutBatch(huge, settings(10), 0, false)).toEqual({ kind: "send", count: 1 });
  });

  it("fills the payload to the byte and not further", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 400_000 }), { minLength: 1, maxLength: 60 }), (sizes) => {
        const list = sizes.map((size) => {
          const json = `"${"x".repeat(size - 2)}"`;
          return { ...(records(1)[0] as SourceRecord), json, sizeBytes: json.length };
        });
        const cut = cutBatch(pending(list), settings(10_000), 0, true);
        if (cut.kind !== "send") throw new Error("a flush sends");
        expect(Buffer.byteLength(eventOf(list.slice(0, cut.count)))).toBeLessThanOrEqual(MAXIMUM_PAYLOAD_BYTES);
        if (cut.count < list.length) {
          const oneMore = list.slice(0, cut.count + 1);
          expect(Buffer.byteLength(eventOf(oneMore))).toBeGreaterThan(MAXIMUM_PAYLOAD_BYTES);
        }
      }),
      { numRuns: 30 },
    );
  });
});
