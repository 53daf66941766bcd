import { OnDemandPeak } from "./on-demand-peak.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const START = Date.UTC(2026, 0, 1);

/** Takes units once a second. */
function take(peak: OnDemandPeak, from: number, seconds: number, unitsASecond: number): number {
  for (let second = 0; second < seconds; second++) peak.took(unitsASecond, from + second * SECOND_MS);
  return from + seconds * SECOND_MS;
}

describe("the peak of an on-demand table", () => {
  it("counts half an hour later, and stays when less is taken", () => {
    const peak = new OnDemandPeak();
    const end = take(peak, START, 60, 4_000);
    expect(peak.previous(end + 5 * MINUTE_MS)).toBe(0);
    expect(peak.previous(START + 30 * MINUTE_MS)).toBe(4_000);
    take(peak, START + 31 * MINUTE_MS, 60, 100);
    expect(peak.previous(START + 90 * MINUTE_MS)).toBe(4_000);
  });

  it("is that of a whole minute: a burst of a second is none", () => {
    const peak = new OnDemandPeak();
    take(peak, START, 1, 6_000);
    expect(peak.previous(START + 31 * MINUTE_MS)).toBe(100);
  });

  it("grows from one half an hour to the next", () => {
    const peak = new OnDemandPeak();
    take(peak, START, 60, 4_000);
    take(peak, START + 30 * MINUTE_MS, 60, 8_000);
    expect(peak.previous(START + 32 * MINUTE_MS)).toBe(4_000);
    expect(peak.previous(START + 60 * MINUTE_MS)).toBe(8_000);
  });
});
