import { describe, expect, it } from "@jest/globals";
import type { ProducerStats } from "../producer/producer.ts";
import { summaryOf } from "./produce-progress.ts";

const DONE: ProducerStats = {
  ...{ read: 40, sent: 40, retried: 0, uncertain: 0, skipped: 0, refused: 0 },
  ...{ seconds: 2, isDone: true },
};
const summary = (changes: Partial<ProducerStats>) =>
  summaryOf({ unit: "row", stats: { ...DONE, ...changes }, fraction: 1, run: async () => {} });

describe("the summary of a producer's run", () => {
  it("has the number of events and their rate", () => {
    expect(summary({})).toBe("40 rows sent in 2.0 s (20.0 rows/s)");
  });

  it("says what was read and not sent when a run ends before its time", () => {
    expect(summary({ sent: 30, refused: 4, retried: 12 })).toBe(
      "30 rows sent in 2.0 s (15.0 rows/s), 6 more read and not sent, 4 rows refused, 12 sent again",
    );
  });

  it("says what may be stored twice", () => {
    expect(summary({ retried: 3, uncertain: 2 })).toBe(
      "40 rows sent in 2.0 s (20.0 rows/s), 3 sent again, 2 of them may be stored twice, as the answer got lost",
    );
  });
});
