import fc from "fast-check";
import {
  READ_BYTES_PER_SECOND,
  ShardThroughput,
  WRITTEN_BYTES_PER_SECOND,
  WRITTEN_RECORDS_PER_SECOND,
} from "./throughput.ts";

const START = Date.UTC(2026, 0, 1);
const LARGEST_RECORD = 10 << 20;

const writes = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })),
    sizeBytes: fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: LARGEST_RECORD })),
    times: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1_500 })),
  }),
  { maxLength: 40 },
);

describe("a shard's rate of writes", () => {
  it("is kept over any stretch of time: a second's worth at once, and what flows in meanwhile", () => {
    fc.assert(
      fc.property(writes, (list) => {
        const shard = new ShardThroughput();
        const taken: { readonly at: number; readonly bytes: number }[] = [];
        let now = START;
        for (const { afterMs, sizeBytes, times } of list) {
          now += afterMs;
          for (let time = 0; time < times; time++) {
            if (shard.write(sizeBytes, 0, now)) taken.push({ at: now, bytes: sizeBytes });
          }
        }
        // from the first record on, which found a full measure; the last one may be larger than what is left
        let bytes = 0;
        const excess = taken.map((record, index) => {
          const seconds = 1 + (record.at - (taken[0]?.at ?? 0)) / 1_000;
          const beyond = Math.max(
            index - (WRITTEN_RECORDS_PER_SECOND * seconds - 1),
            (bytes - WRITTEN_BYTES_PER_SECOND * seconds) / WRITTEN_BYTES_PER_SECOND,
          );
          bytes += record.bytes;
          return beyond;
        });
        expect(Math.max(0, ...excess)).toBeLessThan(1e-6);
      }),
    );
  });

  it("takes any record of a shard that was idle for as long as the ones before it would have needed", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: LARGEST_RECORD }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const shard = new ShardThroughput();
        let now = START;
        for (const size of sizes) {
          expect(shard.write(size, 0, now)).toBe(true);
          now += Math.ceil((Math.max(size, WRITTEN_BYTES_PER_SECOND) / WRITTEN_BYTES_PER_SECOND) * 1_000);
        }
      }),
    );
  });

  it("goes on from a clock that was set back", () => {
    const shard = new ShardThroughput();
    while (shard.write(1, 0, START));
    expect(shard.write(1, 0, START - 60_000)).toBe(false);
    expect(shard.write(1, 0, START - 59_990)).toBe(true);
  });
});

describe("a shard's rate of reads", () => {
  it("is five calls and 2 MiB for a second that begins with a call, longer after more", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: LARGEST_RECORD }))),
        (list) => {
          const shard = new ShardThroughput();
          let now = START;
          let [begun, calls, bytes] = [Number.NEGATIVE_INFINITY, 0, 0];
          for (const [afterMs, size] of list) {
            now += afterMs;
            const lengthMs = Math.max(1_000, (bytes / READ_BYTES_PER_SECOND) * 1_000);
            if (now >= begun + lengthMs) [begun, calls, bytes] = [now, 0, 0];
            const isAdmitted = calls < 5 && bytes < READ_BYTES_PER_SECOND;
            expect(shard.mayRead(now)).toBe(isAdmitted);
            if (!isAdmitted) continue;
            shard.hasRead(size);
            calls++;
            bytes += size;
          }
        },
      ),
    );
  });
});
