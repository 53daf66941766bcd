import fc from "fast-check";
import { compilePattern } from "./pattern.ts";

const none = () => undefined;

/** What a pattern means, said by a regular expression. */
const asExpression = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\/]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "s",
  );

describe("patterns", () => {
  it("match what the regular expression of the same meaning matches", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", ":", "/"), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", ":", "*", "?"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (given, value) => {
        const compiled = compilePattern(given, { wildcards: true, variables: false });
        expect(compiled.matches(value, none)).toBe(asExpression(given).test(value));
      }),
      { numRuns: 5_000 },
    );
  });

  it("take values of variables as they are, with wildcards around them", () => {
    const compiled = compilePattern("a/${aws:userid}/*", { wildcards: true, variables: true });
    expect(compiled.matches("a/*/x", () => "*")).toBe(true);
    expect(compiled.matches("a/b/x", () => "*")).toBe(false);
    expect(compiled.matches("a/b/x", none)).toBe(false);
  });
});
