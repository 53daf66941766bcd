import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ledger } from "./ledger.ts";

describe("Ledger", () => {
  it("moves the checkpoint only over records without a gap before them", () => {
    const ledger = new Ledger();
    for (const sequenceNumber of ["a", "b", "c"]) ledger.add(sequenceNumber, 0);
    expect(ledger.settle([1])).toBeUndefined();
    expect(ledger.settle([0])).toBe("b");
    expect(ledger.size).toBe(1);
    expect(ledger.settle([2])).toBe("c");
    expect(ledger.size).toBe(0);
  });

  it("passes skipped records at once when nothing is unsettled, else with the record before them", () => {
    const ledger = new Ledger();
    expect(ledger.skip("a")).toBe("a");
    ledger.add("b", 0);
    expect(ledger.skip("c")).toBeUndefined();
    expect(ledger.skip("d")).toBeUndefined();
    expect(ledger.size).toBe(1);
    expect(ledger.settle([0])).toBe("d");
    expect(ledger.skip("e")).toBe("e");
  });

  it("always stands at the last record of the settled beginning, in whatever order they settle", () => {
    const order = fc
      .integer({ min: 1, max: 3000 })
      .chain((count) => fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count }));
    fc.assert(
      fc.property(order, (ordinals) => {
        const ledger = new Ledger();
        for (const [index] of ordinals.entries()) expect(ledger.add(String(index), 0)).toBe(index);
        const settled = new Set<number>();
        let checkpoint = -1;
        for (const ordinal of ordinals) {
          settled.add(ordinal);
          const moved = ledger.settle([ordinal]);
          if (moved !== undefined) checkpoint = Number(moved);
          expect(settled.has(checkpoint + 1)).toBe(false);
          expect(ledger.size).toBe(ordinals.length - checkpoint - 1);
        }
        expect(ledger.add("next", 0)).toBe(ordinals.length);
      }),
      { numRuns: 20 },
    );
  });
});
