import { Tally } from "./tally.ts";

/** A number from 0 to below 1 that looks like chance, the same in each run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const sums = (tally: Tally) => new Map([...tally.contributors()].map(({ keys, sum }) => [keys[0], sum]));

describe("a tally", () => {
  it("is exact up to a thousand contributors, also in parts that are put together", () => {
    const [one, two] = [new Tally(), new Tally()];
    for (let i = 0; i < 1_000; i++) one.add([`c${i}`], i);
    for (let i = 500; i < 1_000; i++) two.add([`c${i}`], 1);
    one.merge(two.stored());
    expect(one.unique).toBe(1_000);
    expect(one).toMatchObject({ count: 1_500, min: 0, max: 999 });
    const found = sums(one);
    for (let i = 0; i < 1_000; i++) expect(found.get(`c${i}`)).toBe(i < 500 ? i : i + 1);
  });

  it("finds those that contribute much among a hundred thousand, and tells too much of nobody", () => {
    const parts = Array.from({ length: 4 }, () => new Tally());
    const real = new Map<string, number>();
    const next = dice(7);
    for (let i = 0; i < 200_000; i++) {
      // one of ten comes from twenty that are heavy, who begin late
      const isHeavy = i > 20_000 && next() < 0.1;
      const name = isHeavy ? `heavy${Math.floor(next() * 20)}` : `light${Math.floor(next() * 100_000)}`;
      real.set(name, (real.get(name) ?? 0) + 1);
      parts[i % 4]?.add([name], 1);
    }
    const whole = new Tally();
    for (const part of parts) whole.merge(part.stored());
    const found = sums(whole);
    expect(found.size).toBeLessThanOrEqual(1_000);
    for (const [name, sum] of found) expect(sum).toBeLessThanOrEqual(real.get(name ?? "") ?? 0);
    for (let i = 0; i < 20; i++) {
      const heavy = real.get(`heavy${i}`) ?? 0;
      expect(found.get(`heavy${i}`)).toBeGreaterThan(heavy * 0.9);
    }
    expect(whole.sum).toBe(200_000);
    expect(Math.abs(whole.unique / real.size - 1)).toBeLessThan(0.1);
  });
});
