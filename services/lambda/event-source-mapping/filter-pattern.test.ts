import { compilePattern } from "./filter-pattern.ts";

const matches = (pattern: unknown, record: unknown): boolean => compilePattern(JSON.stringify(pattern))(record);

describe("compilePattern", () => {
  it.each<[string, unknown, unknown, boolean]>([
    ["a text", { a: ["x"] }, { a: "x" }, true],
    ["another text", { a: ["x"] }, { a: "y" }, false],
    ["one of several", { a: ["x", 2, null] }, { a: 2 }, true],
    ["null", { a: [null] }, { a: null }, true],
    ["null for what is absent", { a: [null] }, {}, false],
    ["a number for its text", { a: ["2"] }, { a: 2 }, false],
    ["an element of a list", { a: ["x"] }, { a: ["w", "x"] }, true],
    ["every member", { a: ["x"], b: ["y"] }, { a: "x", b: "z" }, false],
    ["deeper members", { a: { b: ["x"] } }, { a: { b: "x" } }, true],
    ["members of objects in lists", { a: { b: ["x"] } }, { a: [{ b: "w" }, { b: "x" }] }, true],
    ["a member of what is no object", { a: { b: ["x"] } }, { a: "b" }, false],
    ["a prefix", { a: [{ prefix: "ri" }] }, { a: "rivers" }, true],
    ["a suffix", { a: [{ suffix: "ers" }] }, { a: "river" }, false],
    ["any case", { a: [{ "equals-ignore-case": "ABC" }] }, { a: "abC" }, true],
    ["what is there", { a: [{ exists: true }] }, { a: null }, true],
    ["what is absent", { a: [{ exists: false }] }, { b: 1 }, true],
    ["what is absent, though it is there", { a: [{ exists: false }] }, { a: 1 }, false],
    ["anything but", { a: [{ "anything-but": ["x", 1] }] }, { a: "y" }, true],
    ["anything but this", { a: [{ "anything-but": "x" }] }, { a: "x" }, false],
    ["anything but, of what is absent", { a: [{ "anything-but": "x" }] }, {}, false],
    ["anything but a prefix", { a: [{ "anything-but": { prefix: "x" } }] }, { a: "xy" }, false],
    ["a number", { a: [{ numeric: ["=", 3] }] }, { a: 3 }, true],
    ["a range, at its end", { a: [{ numeric: [">", 0, "<=", 5] }] }, { a: 5 }, true],
    ["a range, at its open end", { a: [{ numeric: [">", 0, "<=", 5] }] }, { a: 0 }, false],
    ["a number as text", { a: [{ numeric: [">", 0] }] }, { a: "1" }, false],
    ["either", { $or: [{ a: ["x"] }, { b: [{ numeric: [">", 1] }] }] }, { b: 2 }, true],
    ["neither", { $or: [{ a: ["x"] }, { b: [{ numeric: [">", 1] }] }] }, { a: "y", b: 1 }, false],
    ["everything", {}, { a: 1 }, true],
  ])("%s", (_what, pattern, record, isMatch) => {
    expect(matches(pattern, record)).toBe(isMatch);
  });

  it.each([
    "",
    "[]",
    "null",
    '{"a":"x"}',
    '{"a":[]}',
    '{"a":[["x"]]}',
    '{"a":[{"contains":"x"}]}',
    '{"a":[{"prefix":1}]}',
    '{"a":[{"prefix":"x","suffix":"y"}]}',
    '{"a":[{"numeric":["=","3"]}]}',
    '{"a":[{"numeric":[">",1,"<"]}]}',
    '{"$or":[{"a":["x"]}]}',
  ])("refuses %s", (text) => {
    expect(() => compilePattern(text)).toThrow("Invalid filter pattern definition.");
  });
});
