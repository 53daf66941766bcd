import { describe, expect, it } from "@jest/globals";
import { parseWithNumbers } from "./json-number.ts";
import { compileEventPattern } from "./match.ts";

const complain = (what: string) => new Error(what);
const matches = (pattern: unknown, event: unknown): boolean => compileEventPattern(pattern, complain)(event);

describe("an event pattern", () => {
  describe("matches values:", () => {
    it.each<[string, unknown, unknown, boolean]>([
      ["a text", ["x"], "x", true],
      ["another text", ["x"], "y", false],
      ["the empty text", [""], "", true],
      ["a text with other letter case", ["x"], "X", false],
      ["one of several", ["x", 2, null], 2, true],
      ["null", [null], null, true],
      ["null beside null as text", [null], "null", false],
      ["true", [true], true, true],
      ["true beside true as text", [true], "true", false],
      ["a number beside its text", ["2"], 2, false],
      ["an element of a list", ["x"], ["w", "x"], true],
      ["an element of a list in a list", ["x"], [["w"], ["x"]], true],
      ["null beside an empty list", [null], [], false],
      ["an object where a value is asked for", ["x"], { x: "x" }, false],
      ["a prefix", [{ prefix: "ri" }], "rivers", true],
      ["a prefix of a number", [{ prefix: "1" }], 12, false],
      ["the empty prefix", [{ prefix: "" }], "", true],
      ["a prefix in any case", [{ prefix: { "equals-ignore-case": "EventB" } }], "EVENTbridge", true],
      ["a prefix in any case that is longer", [{ prefix: { "equals-ignore-case": "abc" } }], "AB", false],
      ["a suffix", [{ suffix: ".png" }], "a.png", true],
      ["another suffix", [{ suffix: "ers" }], "river", false],
      ["a suffix in any case", [{ suffix: { "equals-ignore-case": ".PNG" } }], "a.png", true],
      ["a text in any case", [{ "equals-ignore-case": "ABC" }], "abC", true],
      ["a longer text in any case", [{ "equals-ignore-case": "ABC" }], "abCd", false],
      ["a wildcard", [{ wildcard: "dir/*.png" }], "dir/sub/a.png", true],
      ["a wildcard that has to begin at the beginning", [{ wildcard: "dir/*.png" }], "a/dir/b.png", false],
      ["wildcards that have to be gone back for", [{ wildcard: "*ab*ab" }], "ababab", true],
      ["a star that stands for itself", [{ wildcard: "a\\*b" }], "a*b", true],
      ["a star that stands for itself, beside another sign", [{ wildcard: "a\\*b" }], "axb", false],
      ["a backslash that stands for itself", [{ wildcard: "a\\\\*" }], "a\\b", true],
      ["an address of a block", [{ cidr: "10.0.0.0/8" }], "10.1.2.3", true],
      ["an address beside a block", [{ cidr: "10.0.0.0/8" }], "11.1.2.3", false],
      ["an address of an IPv6 block", [{ cidr: "2001:db8::/32" }], "2001:db8:1::1", true],
      ["no address at all", [{ cidr: "10.0.0.0/8" }], "10", false],
      ["a number", [{ numeric: ["=", 3] }], 3, true],
      ["a range, at its closed end", [{ numeric: [">", 0, "<=", 5] }], 5, true],
      ["a range, at its open end", [{ numeric: [">", 0, "<=", 5] }], 0, false],
      ["a number at the limit", [{ numeric: [">", 0] }], 5e9, true],
      ["a number beyond the limit", [{ numeric: [">", 0] }], 6e9, false],
      ["a number below the limit", [{ numeric: ["<", 0] }], -6e9, false],
      ["a number below", [{ numeric: ["<", 10] }], -1.5, true],
      ["a number as text", [{ numeric: [">", 0] }], "1", false],
      ["a number that is null", [{ numeric: [">=", 0] }], null, false],
      ["anything but a text", [{ "anything-but": "x" }], "x", false],
      ["anything but a text, of another", [{ "anything-but": "x" }], "y", true],
      ["anything but a text, of null", [{ "anything-but": "x" }], null, true],
      ["anything but a text, of a number", [{ "anything-but": "1" }], 1, true],
      ["anything but texts", [{ "anything-but": ["x", "y"] }], "y", false],
      ["anything but a number", [{ "anything-but": 0 }], 0, false],
      ["anything but numbers", [{ "anything-but": [1, 2] }], 3, true],
      ["anything but a text, of a list with another one", [{ "anything-but": "x" }], ["x", "y"], true],
      ["anything but a text, of a list of it", [{ "anything-but": "x" }], ["x", "x"], false],
      ["anything but a prefix", [{ "anything-but": { prefix: "x" } }], "xy", false],
      ["anything but a prefix, of a number", [{ "anything-but": { prefix: "init" } }], 12, true],
      ["anything but prefixes", [{ "anything-but": { prefix: ["a", "b"] } }], "bc", false],
      ["anything but a suffix", [{ "anything-but": { suffix: ".txt" } }], "a.png", true],
      ["anything but a text in any case", [{ "anything-but": { "equals-ignore-case": "X" } }], "x", false],
      ["anything but texts in any case", [{ "anything-but": { "equals-ignore-case": ["X", "Y"] } }], "z", true],
      ["anything but a wildcard", [{ "anything-but": { wildcard: "*/lib/*" } }], "a/lib/b", false],
      ["anything but the empty wildcard", [{ "anything-but": { wildcard: "" } }], "a", true],
      ["what is there", [{ exists: true }], null, true],
      ["what is there as an object", [{ exists: true }], { x: 1 }, false],
      ["what is there as an empty list", [{ exists: true }], [], false],
      ["what is absent, though it is there", [{ exists: false }], 1, false],
      ["what is absent, of an object", [{ exists: false }], { x: 1 }, true],
      ["what is absent, of an empty list", [{ exists: false }], [], true],
      ["one of several rules", [{ numeric: [">", 100] }, { "anything-but": "101" }], "42", true],
    ])("%s", (_what, rules, value, isMatch) => {
      expect(matches({ a: rules }, { a: value })).toBe(isMatch);
    });

    it.each<[string, unknown, boolean]>([
      ["null", [null], false],
      ["anything but", [{ "anything-but": "x" }], false],
      ["anything but a prefix", [{ "anything-but": { prefix: "x" } }], false],
      ["exists", [{ exists: true }], false],
      ["does not exist", [{ exists: false }], true],
      ["anything but, or does not exist", [{ "anything-but": ["x"] }, { exists: false }], true],
    ])("%s, of what is not there", (_what, rules, isMatch) => {
      expect(matches({ a: { b: rules } }, { a: { c: "x" } })).toBe(isMatch);
      expect(matches({ a: { b: rules } }, { a: "b" })).toBe(isMatch);
      expect(matches({ a: { b: rules } }, {})).toBe(isMatch);
      expect(matches({ a: { b: rules } }, "a")).toBe(isMatch);
    });

    it("of what objects do not have of their own", () => {
      expect(matches({ constructor: { name: ["Object"] } }, {})).toBe(false);
      expect(matches({ length: [{ exists: true }] }, "text")).toBe(false);
    });
  });

  describe("compares numbers as they are written:", () => {
    it.each<[string, string, string, boolean]>([
      ["the same", "[300]", "300", true],
      ["with a fraction of nothing", "[300]", "300.0", false],
      ["with an exponent", "[300]", "3.0e2", false],
      ["with a fraction of nothing, where it is asked for", "[300.0]", "300.0", true],
      ["with a fraction of nothing, where it is not there", "[300.0]", "300", false],
      ["one more than numbers of JavaScript can tell", "[9007199254740993]", "9007199254740992", false],
      ["the one that they cannot tell", "[9007199254740993]", "9007199254740993", true],
      ["beside a text", '["300"]', "300", false],
      ["of a text", "[300]", '"300"', false],
      ["in a list", "[300]", "[300.0,300]", true],
      ["anything but a number", '[{"anything-but":[300]}]', "300.0", true],
      ["anything but the number", '[{"anything-but":[300]}]', "300", false],
      ["a range, of any notation", '[{"numeric":[">",299,"<=",300]}]', "3.0e2", true],
      ["in a text with quotes", '["a\\"300"]', '"a\\"300"', true],
    ])("%s", (_what, rules, value, isMatch) => {
      expect(matches(parseWithNumbers(`{"a":${rules}}`), parseWithNumbers(`{"a1":-1e-5,"a":${value}}`))).toBe(isMatch);
    });

    it("and those that have no text, as JavaScript writes them", () => {
      expect(matches(parseWithNumbers('{"a":[1.5]}'), { a: 1.5 })).toBe(true);
      expect(matches(parseWithNumbers('{"a":[1.50]}'), { a: 1.5 })).toBe(false);
    });
  });

  describe("matches several members:", () => {
    it.each<[string, unknown, unknown, boolean]>([
      ["all of them", { a: ["x"], b: ["y"] }, { a: "x", b: "y" }, true],
      ["not one alone", { a: ["x"], b: ["y"] }, { a: "x", b: "z" }, false],
      ["deeper ones", { a: { b: ["x"] } }, { a: { b: "x" } }, true],
      ["dots in a name of the pattern", { a: { "b.c": ["x"] } }, { a: { b: { c: "x" } } }, true],
      ["dots in a name of the event", { a: { b: { c: ["x"] } } }, { a: { "b.c": "x" } }, true],
      ["dots that do not fit", { a: { "b.c": { c: ["x"] } } }, { a: { b: { c: "x" } } }, false],
      ["of a path that comes twice, the last one", { "a.b": ["x"], a: { b: ["y"] } }, { a: { b: "y" } }, true],
      ["of objects in a list", { a: { b: ["x"] } }, { a: [{ b: "w" }, { b: "x" }] }, true],
      ["of one object of a list", { a: { b: [1], c: [2] } }, { a: [{ b: 1, c: 2 }] }, true],
      [
        "not of two objects of a list",
        { a: { b: [1], c: [2] } },
        {
          a: [
            { b: 1, c: 3 },
            { b: 4, c: 2 },
          ],
        },
        false,
      ],
      [
        "of the second object that fits",
        { a: { b: [1], c: [2] } },
        {
          a: [
            { b: 1, c: 3 },
            { b: 1, c: 2 },
          ],
        },
        true,
      ],
      ["of different lists", { a: { b: [1] }, c: { d: [2] } }, { a: [{ b: 0 }, { b: 1 }], c: [{ d: 2 }] }, true],
      ["of lists in lists", { a: { b: [1], c: [2] } }, { a: [[{ b: 1 }, { c: 2 }], [{ b: 1, c: 2 }]] }, true],
      [
        "not of two elements of an inner list",
        { a: { b: { c: [1], d: [2] } } },
        { a: [{ b: [{ c: 1 }, { d: 2 }] }] },
        false,
      ],
      [
        "what is absent beside what was found",
        { a: { x: [1], y: [{ exists: false }] } },
        { a: [{ x: 1 }, { y: 2 }] },
        true,
      ],
      [
        "what is absent from all elements",
        { a: { b: [{ exists: false }], c: [1] } },
        { a: [{ b: 1 }, { c: 1 }] },
        false,
      ],
    ])("%s", (_what, pattern, event, isMatch) => {
      expect(matches(pattern, event)).toBe(isMatch);
    });
  });

  describe("$or:", () => {
    const either = { $or: [{ a: ["x"] }, { b: [{ numeric: [">", 1] }], c: ["y"] }], d: ["z"] };

    it.each<[string, unknown, unknown, boolean]>([
      ["the one", either, { a: "x", d: "z" }, true],
      ["the other, which is two", either, { b: 2, c: "y", d: "z" }, true],
      ["half of the other", either, { b: 2, d: "z" }, false],
      ["neither", either, { a: "y", d: "z" }, false],
      ["the one, without what stands beside it", either, { a: "x", d: "y" }, false],
      ["deeper", { a: { $or: [{ b: [1] }, { c: [2] }] } }, { a: { c: 2 } }, true],
      ["in each other", { $or: [{ a: [1] }, { $or: [{ b: [2] }, { c: [3] }] }] }, { c: 3 }, true],
      [
        "beside each other",
        { a: { $or: [{ b: [1] }, { c: [2] }] }, d: { $or: [{ e: [1] }, { f: [1] }] } },
        { a: { b: 1 }, d: { e: 2 } },
        false,
      ],
      ["as a name, with operators", { $or: [{ prefix: "a" }, { prefix: "b" }] }, { $or: "bc" }, true],
      ["as a name, with values", { $or: ["x"] }, { $or: "x" }, true],
      ["as a name, with members", { $or: { a: ["x"] } }, { $or: { a: "x" } }, true],
    ])("%s", (_what, pattern, event, isMatch) => {
      expect(matches(pattern, event)).toBe(isMatch);
    });
  });

  describe("is refused:", () => {
    const either = (depth: number): unknown =>
      depth === 0 ? ["x"] : { $or: [{ a: either(depth - 1) }, { b: either(depth - 1) }] };

    it.each<[string, unknown, string]>([
      ["a list", [], "Filter is not an object"],
      ["null", null, "Filter is not an object"],
      ["the empty object", {}, "Empty objects are not allowed"],
      ["an empty object inside", { a: {} }, "Empty objects are not allowed"],
      ["a value without a list", { a: "x" }, '"a" must be an object or an array'],
      ["an empty list", { a: [] }, "Empty arrays are not allowed"],
      ["a list in a list", { a: [["x"]] }, "Match value must be String, number, true, false, or null"],
      ["an unknown operator", { a: [{ contains: "x" }] }, "Unrecognized match type contains"],
      ["an operator in another case", { a: [{ EXISTS: true }] }, "Unrecognized match type EXISTS"],
      ["what objects inherit", { a: [{ constructor: "x" }] }, "Unrecognized match type constructor"],
      ["no operator", { a: [{}] }, "Match expression name not found"],
      ["two operators", { a: [{ prefix: "x", suffix: "y" }] }, "Only one key allowed in match expression"],
      ["a number as prefix", { a: [{ prefix: 1 }] }, "prefix match pattern must be a string"],
      ["a list as suffix", { a: [{ suffix: ["x"] }] }, "suffix match pattern must be a string"],
      [
        "any case of a list",
        { a: [{ "equals-ignore-case": ["x"] }] },
        "equals-ignore-case match pattern must be a string",
      ],
      ["a wildcard that is no text", { a: [{ wildcard: 1 }] }, "wildcard match pattern must be a string"],
      ["two stars", { a: [{ wildcard: "a**" }] }, "Consecutive wildcard characters at pos 2"],
      ["a backslash before nothing special", { a: [{ wildcard: "a\\b" }] }, "Invalid escape character at pos 1"],
      ["a backslash at the end", { a: [{ wildcard: "a\\" }] }, "Invalid escape character at pos 1"],
      ["exists of a text", { a: [{ exists: "true" }] }, "exists match pattern must be either true or false."],
      ["a block without its size", { a: [{ cidr: "10.0.0.0" }] }, "Malformed CIDR, one '/' required"],
      ["a block of no size", { a: [{ cidr: "10.0.0.0/x" }] }, "Malformed CIDR, mask bits must be an integer"],
      ["a block of no address", { a: [{ cidr: "xx.11.xx/8" }] }, "Nonstandard IP address: xx.11.xx"],
      ["a text as number", { a: [{ numeric: ["=", "3"] }] }, "Value of equals must be numeric"],
      ["a range without its end", { a: [{ numeric: [">", 1, "<"] }] }, "Value of < must be numeric"],
      ["a range of two beginnings", { a: [{ numeric: [">", 0, ">", 0] }] }, "Bad numeric range operator: >"],
      ["a range the wrong way round", { a: [{ numeric: [">", 5, "<", 1] }] }, "Bottom must be less than top"],
      [
        "a number that is too large",
        { a: [{ numeric: [">", 6e9] }] },
        "Value must be between -5.0E9 and 5.0E9, inclusive",
      ],
      [
        "a range that begins with one that is too small",
        { a: [{ numeric: [">", -6e9, "<", 1] }] },
        "Value must be between -5.0E9 and 5.0E9, inclusive",
      ],
      ["an unknown comparison", { a: [{ numeric: ["!=", 1] }] }, "Unrecognized numeric range operator: !="],
      [
        "a list of exceptions of two kinds",
        { a: [{ "anything-but": ["x", 1] }] },
        "Inside anything but list, either all values are number or string, mixed type is not supported",
      ],
      [
        "no exceptions",
        { a: [{ "anything-but": [] }] },
        "Inside anything but list, either all values are number or string, mixed type is not supported",
      ],
      [
        "null as exception",
        { a: [{ "anything-but": [null] }] },
        "Inside anything but list, start|null|boolean is not supported.",
      ],
      [
        "an unknown exception",
        { a: [{ "anything-but": { numeric: ["=", 1] } }] },
        "Unsupported anything-but pattern: numeric",
      ],
      ["the empty prefix as exception", { a: [{ "anything-but": { prefix: "" } }] }, "Null prefix/suffix not allowed"],
      ["a $or with one choice", { $or: [{ a: ["x"] }] }, "Unrecognized match type a"],
      ["more than 1,000 combinations", { $or: [{ a: either(10) }, { b: either(10) }] }, "Rule is too complex"],
    ])("%s", (_what, pattern, complaint) => {
      expect(() => compileEventPattern(pattern, complain)).toThrow(complaint);
    });
  });

  it("looks into lists that are nested as deep as they can be", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(100_000)}"x"${"]".repeat(100_000)}`);
    expect(matches({ a: ["x"] }, { a: deep })).toBe(false);
  });

  it("is done soon with many lists that never go together", () => {
    const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const pattern = Object.fromEntries(names.map((name) => [name, { x: [1], y: [name === "m11" ? 2 : 1] }]));
    const list = Array.from({ length: 12 }, (_, index) => ({ x: 1, y: index === 0 ? 2 : 1 }));
    const event = Object.fromEntries(names.map((name) => [name, name === "m11" ? [{ x: 1, y: 1 }, { y: 2 }] : list]));
    expect(matches(pattern, event)).toBe(false);
  });
});
