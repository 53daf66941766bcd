import { parseItem } from "../attribute-value.ts";
import { bindExpressions } from "./index.ts";

const item = parseItem({
  p: { S: "key" },
  a: { M: { b: { L: [{ N: "2" }, { N: "4" }, { M: { x: { S: "hi" }, y: { S: "yo" } } }] }, c: { N: "5" } } },
  b: { S: "hello" },
  "a.b": { S: "dotted" },
});

const bind = (ProjectionExpression: string, ExpressionAttributeNames?: Record<string, string>) =>
  bindExpressions({ ProjectionExpression, ExpressionAttributeNames }).projection!;

const project = (text: string, names?: Record<string, string>) => bind(text, names).apply(item);

describe("Projection expressions", () => {
  it("answers the parts that it names, as they stand in the item", () => {
    expect(project("p, b")).toEqual({ p: { S: "key" }, b: { S: "hello" } });
    expect(project("a.b[2].y, a.c")).toEqual({
      a: { M: { b: { L: [{ M: { y: { S: "yo" } } }] }, c: { N: "5" } } },
    });
    expect(project("#ab, a.#c", { "#ab": "a.b", "#c": "c" })).toEqual({
      "a.b": { S: "dotted" },
      a: { M: { c: { N: "5" } } },
    });
  });

  it("closes lists up, in the order of the list", () => {
    expect(project("a.b[1], a.b[0]")).toEqual({ a: { M: { b: { L: [{ N: "2" }, { N: "4" }] } } } });
    expect(project("a.b[9], a.b[1]")).toEqual({ a: { M: { b: { L: [{ N: "4" }] } } } });
  });

  it.each(["x", "a.x", "a.x.y", "a.b[3]", "a.b[3].x", "a.b.x", "a[0]", "a.b[0].x", "a.b[0][0]", "b.c", "toString"])(
    "answers nothing for %s, which is not there",
    (text) => {
      expect(project(text)).toEqual({});
    },
  );

  it.each([
    ["a, a", "overlap", "[a]", "[a]"],
    ["a.b.d, a.b", "overlap", "[a, b, d]", "[a, b]"],
    ["a[1], a[1]", "overlap", "[a, [1]]", "[a, [1]]"],
    ["a.b, a[1]", "conflict", "[a, b]", "[a, [1]]"],
  ])("refuses %s", (text, relation, one, two) => {
    expect(() => bind(text)).toThrow(
      `Invalid ProjectionExpression: Two document paths ${relation} with each other; ` +
        `must remove or rewrite one of these paths; path one: ${one}, path two: ${two}`,
    );
  });

  it.each([
    ["a,", "<EOF>", ","],
    [",a", ",", ",a"],
    ["a,,b", ",", ",,b"],
    ["a b", "b", "a b"],
    ["a[:i]", ":i", "[:i]"],
    ["a, remove", "remove", ", remove"],
    ["a.not", "not", ".not"],
  ])("names the wrong token of %s", (text, token, near) => {
    expect(() => bind(text)).toThrow(`Invalid ProjectionExpression: Syntax error; token: "${token}", near: "${near}"`);
  });

  it("refuses reserved words, undefined names and unused names", () => {
    expect(() => bind("a, b.Status")).toThrow(
      "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: Status",
    );
    expect(() => bind("a.#x")).toThrow(
      "Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; attribute name: #x",
    );
    expect(() => bind("a", { "#x": "b" })).toThrow(
      "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}",
    );
  });
});
