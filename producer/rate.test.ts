import { describe, expect, it } from "@jest/globals";
import { Pacer } from "./rate.ts";

/** A clock that only sleeping and `work` move; each sleep takes `lateMs` longer than asked, as timers do. */
function fakeTiming(lateMs: number) {
  let nowMs = 0;
  return {
    work: (ms: number) => (nowMs += ms),
    now: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms + lateMs;
    },
  };
}

const never = new AbortController().signal;

async function rowsInOneMinute(rate: number, workMs: number): Promise<number> {
  const timing = fakeTiming(1.7);
  const pacer = new Pacer(rate, timing);
  for (let rows = 0; ; rows++) {
    await pacer.next(never);
    if (timing.now() > 60_000) return rows;
    timing.work(workMs);
  }
}

describe("Pacer", () => {
  it.each([1, 10, 33, 50, 1000, 20_000])("holds %d rows/s within 5 % over a minute", async (rate) => {
    const rows = await rowsInOneMinute(rate, 0.01);
    expect(Math.abs(rows / 60 / rate - 1)).toBeLessThan(0.05);
  });

  it("lets rows go one by one at 10 rows/s", async () => {
    const timing = fakeTiming(0);
    const pacer = new Pacer(10, timing);
    const times: number[] = [];
    for (let row = 0; row < 5; row++) {
      await pacer.next(never);
      times.push(timing.now());
    }
    expect(times).toEqual([0, 100, 200, 300, 400]);
  });

  it("catches up after a standstill of two seconds at most", async () => {
    const timing = fakeTiming(0);
    const pacer = new Pacer(10, timing);
    await pacer.next(never);
    timing.work(60_000);
    let burst = 0;
    while (timing.now() === 60_000) {
      await pacer.next(never);
      burst++;
    }
    expect(burst).toBeLessThan(25);
  });

  it("gives the turn of a bad row to the next", async () => {
    const timing = fakeTiming(0);
    const pacer = new Pacer(1, timing);
    for (let row = 0; row < 10; row++) {
      await pacer.next(never);
      pacer.giveBack();
    }
    expect(timing.now()).toBe(0);
  });
});
