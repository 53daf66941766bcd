import fc from "fast-check";
import { utf8 } from "./keys.ts";
import { listPage, type Entry, type Seek } from "./listing.ts";

const byBytes = (a: string, b: string) => Buffer.compare(utf8(a), utf8(b));

/** A few characters, so that prefixes and delimiters meet; the last one sorts differently as UTF-16. */
const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "-", "é", "\uffee", "😀"), minLength: 1, maxLength: 6 });
const keys = fc.uniqueArray(key, { maxLength: 40 });

function seekOver(all: readonly string[]): Seek<undefined> & { reads: number } {
  const sorted = all.toSorted(byBytes);
  const seek = Object.assign(
    function* (from: Uint8Array): Generator<Entry<undefined>> {
      for (const one of sorted) {
        if (Buffer.compare(utf8(one), from) < 0) continue;
        seek.reads++;
        yield { key: one, value: undefined };
      }
    },
    { reads: 0 },
  );
  return seek;
}

/** The listing by its definition: every key rolled up, in order, once. */
function expected(all: readonly string[], prefix: string, delimiter: string): string[] {
  const rolled = all
    .filter((one) => one.startsWith(prefix))
    .map((one) => {
      const index = delimiter === "" ? -1 : one.indexOf(delimiter, prefix.length);
      return index < 0 ? one : one.slice(0, index + delimiter.length);
    });
  return [...new Set(rolled)].toSorted(byBytes);
}

describe("listPage", () => {
  it("pages, whatever their size, to the keys and common prefixes of the whole, each once and in order", () => {
    const delimiters = fc.constantFrom("", "/", "-", "a/", "😀");
    const prefixes = fc.string({ unit: fc.constantFrom("a", "/", "-", "😀"), maxLength: 2 });
    fc.assert(
      fc.property(keys, prefixes, delimiters, fc.integer({ min: 1, max: 7 }), (all, prefix, delimiter, limit) => {
        const seek = seekOver(all);
        const seen: string[] = [];
        let after = "";
        for (;;) {
          const page = listPage(seek, { prefix, delimiter, after, limit });
          const found = [...page.entries.map((entry) => entry.key), ...page.commonPrefixes].toSorted(byBytes);
          expect(found.length).toBeLessThanOrEqual(limit);
          expect(page.last).toBe(found.at(-1));
          seen.push(...found);
          if (!page.isTruncated) break;
          expect(found).toHaveLength(limit);
          after = page.last ?? "";
        }
        // a key that equals a common prefix (`a/` below the delimiter `/`) is that prefix
        expect(seen).toEqual(expected(all, prefix, delimiter));
      }),
      { numRuns: 500 },
    );
  });

  it("reads one key of a common prefix, however many are below it", () => {
    const seek = seekOver(Array.from({ length: 5000 }, (_key, index) => `dir-${index % 5}/${index}`));
    const page = listPage(seek, { prefix: "", delimiter: "/", after: "", limit: 1000 });
    expect(page.commonPrefixes).toEqual(["dir-0/", "dir-1/", "dir-2/", "dir-3/", "dir-4/"]);
    expect(seek.reads).toBe(5);
  });
});
