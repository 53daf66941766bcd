import { parseItem, type Item } from "../attribute-value.ts";
import { bindExpressions } from "./index.ts";

type Values = Record<string, object>;
type Names = Record<string, string>;

const bind = (FilterExpression: string, ExpressionAttributeValues?: Values, ExpressionAttributeNames?: Names) =>
  bindExpressions({ FilterExpression, ExpressionAttributeValues, ExpressionAttributeNames }).filter!;

const matches = (text: string, item: Item | undefined, values?: Values, names?: Names): boolean =>
  bind(text, values, names).matches(item);

const refusal = (text: string, values?: Values, names?: Names): string => {
  try {
    bind(text, values, names);
  } catch (error) {
    expect(error).toMatchObject({ name: "ValidationException" });
    return (error as Error).message.replace("Invalid FilterExpression: ", "");
  }
  throw new Error(`accepted: ${text}`);
};

describe("Condition expressions", () => {
  describe("serialization", () => {
    it.each([
      ["things are not gonna be ok", "are", "things are not"],
      ["a", "<EOF>", "a"],
      ["a > 4", "4", "> 4"],
      ["contains(a", "<EOF>", "a"],
      ["attribute_exists(Pictures-RearView)", "-", "Pictures-RearView"],
      ['attribute_exists("Pictures.RearView")', '"', '("Pictures'],
      ["attribute_exists(Pictures..RearView)", ".", "..RearView"],
      ["attribute_exists(asdf[a])", "a", "[a]"],
      ["a in b", "b", "in b"],
      ["a in (b,c,)", ")", ",)"],
      ["a in ()", ")", "()"],
      ["a > between", "between", "> between"],
      ["remove = a", "remove", "remove ="],
      ["a.Set > b", "Set", ".Set >"],
      ["(a)between(b.(c.d))and(c)", "(", ".(c"],
      ["#$.b > a", "#", "#$"],
      ["a > :things.stuff", ".", ":things.stuff"],
      ["b[:a] > a", ":a", "[:a]"],
      ["ü > a", "ü", "ü >"],
      ["size(a).b > a", ".", ").b"],
      ["(size(a))[0] > a", "[", ")[0"],
      ["p=:p AND c!=:c", "!", "c!="],
      ["a = b AND", "<EOF>", "AND"],
      ["   ", "<EOF>", "   "],
      ["  = a", "=", "  = a"],
      ["a =  ", "<EOF>", "=  "],
      ["a[01] = b", "1", "01]"],
    ])("names the wrong token of %j and its neighbours", (text, token, near) => {
      expect(refusal(text)).toBe(`Syntax error; token: "${token}", near: "${near}"`);
    });

    it("takes keywords in any case, functions only in lower case", () => {
      expect(matches("nOt a BeTwEeN b aNd c oR a iN (b)", parseItem({ a: { N: "1" } }))).toBe(true);
      expect(refusal("ATTRIBUTE_EXISTS(a)")).toBe("Invalid function name; function: ATTRIBUTE_EXISTS");
    });

    it("takes parentheses around operands, paths, conditions and the whole", () => {
      const item = parseItem({ a: { M: { b: { L: [{ N: "2" }] } } } });
      expect(matches("((((a).b)[0]) = (:v)) AND (attribute_exists((a.b)))", item, { ":v": { N: "2" } })).toBe(true);
    });
  });

  describe("validation", () => {
    it.each(["a=a and a > ((views))", "(a)between(((b.c)).d)and(c)", "a=b AND ((a=b AND a=c)) AND a=d", "((a > b))"])(
      "refuses redundant parentheses in %s",
      (text) => {
        expect(refusal(text)).toBe("The expression has redundant parentheses;");
      },
    );

    it.each([
      ["a=a and whatever((:things)) > a", "Invalid function name; function: whatever"],
      ["if_not_exists(a, b) = c", "The function is not allowed in a condition expression; function: if_not_exists"],
      ["attribute_exists(views, #a)", "Attribute name is a reserved keyword; reserved keyword: views"],
      [":a < abOrT", "Attribute name is a reserved keyword; reserved keyword: abOrT"],
      ["a.b.Comment = :v", "Attribute name is a reserved keyword; reserved keyword: Comment"],
      ["a[2147483648] = b", "List index is not within the allowable range; index: [2147483648]"],
      [`a${".b".repeat(32)} = c`, "The document path has too many nesting levels; nesting levels: 33"],
      ["", "The expression can not be empty;"],
      [" ".repeat(4097), "Expression size has exceeded the maximum allowed size; expression size: 4097"],
      [`a<b${" or a<b".repeat(150)}`, "The expression contains too many operators; operator count: 301"],
    ])("refuses %s", (text, message) => {
      expect(refusal(text)).toBe(message);
    });

    it.each([
      ["a=b and attribute_exists((views), (#a)) > b", "attribute_exists"],
      ["contains(:things, c) > b", "contains"],
      ["size(contains(a, b)) > a", "contains"],
      ["size(things)", "size"],
      ["a=b AND size(things)", "size"],
      ["a between b and attribute_exists(things)", "attribute_exists"],
      ["a in (b, attribute_exists(things))", "attribute_exists"],
    ])("refuses the function in %s", (text, name) => {
      const problem = "The function is not allowed to be used this way in an expression; function:";
      expect(refusal(text)).toBe(`${problem} ${name}`);
    });

    it.each([
      ["attribute_exists(#Pictures.RearView, :a) and a=a", "attribute name", "#Pictures"],
      ["(#P between :lo and :hi) and (#PC in (:cat1, :cat2))", "attribute name", "#P"],
      ["begins_with(:hello, #a, #b)", "attribute value", ":hello"],
    ])("refuses the undefined placeholder of %s", (text, kind, placeholder) => {
      expect(refusal(text)).toMatch(new RegExp(`is not defined; ${kind}: ${placeholder}$`));
    });

    it.each([
      ["attribute_exists(things, a) and a=a", "attribute_exists", 2],
      ["attribute_type(things)", "attribute_type", 1],
      ["begins_with(things, size(a), b)", "begins_with", 3],
      ["size(things, a) > b", "size", 2],
    ])("counts the operands of %s", (text, name, count) => {
      expect(refusal(text)).toBe(
        "Incorrect number of operands for operator or function; " +
          `operator or function: ${name}, number of operands: ${count}`,
      );
    });

    it.each([
      ["attribute_type(a, size(a)) and a=a", "attribute_type", "N", undefined],
      ["attribute_type(a, :v)", "attribute_type", "BOOL", { BOOL: true }],
      ["begins_with(a, :v)", "begins_with", "N", { N: "1" }],
      ["begins_with(:v, a)", "begins_with", "SS", { SS: ["1"] }],
      ["size(size(a)) > a", "size", "N", undefined],
      ["size(:v) > a", "size", "NULL", { NULL: true }],
      ["a < :v", "<", "L", { L: [] }],
      [":v >= a", ">=", "BOOL", { BOOL: true }],
      ["a between b and :v", "BETWEEN", "M", { M: {} }],
    ])("checks the operand types of %s", (text, name, type, value) => {
      expect(refusal(text, value && { ":v": value })).toBe(
        `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
      );
    });

    it.each([
      ["a = b AND #a = a", "=", "[a]"],
      ["contains(ab.bc[1].a, ab.bc[1].#a)", "contains", "[ab, bc, [1], a]"],
      ["a BETWEEN b AND #a", "BETWEEN", "[a]"],
      ["#a IN (b, c, a)", "IN", "[a]"],
    ])("wants distinct operands in %s", (text, operator, path) => {
      expect(refusal(text, undefined, { "#a": "a" })).toBe(
        "The first operand must be distinct from the remaining operands for this operator or function; " +
          `operator: ${operator}, first operand: ${path}`,
      );
    });

    it("wants bounds of one type and in order", () => {
      const between = (low: object, high: object) => refusal("a BETWEEN :l AND :h", { ":l": low, ":h": high });
      expect(between({ N: "2" }, { N: "1" })).toBe(
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
          "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
      );
      expect(between({ N: "2" }, { S: "dog" })).toBe(
        "The BETWEEN operator requires same data type for lower and upper bounds; " +
          "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {S:dog}",
      );
    });

    it("wants a path in attribute_exists and the name of a type in attribute_type", () => {
      expect(refusal("attribute_exists(:v)", { ":v": { S: "a" } })).toBe(
        "Operator or function requires a document path; operator or function: attribute_exists",
      );
      expect(refusal("attribute_type(a, :v)", { ":v": { S: "DOG" } })).toBe(
        "Invalid attribute type name found; type: DOG, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
      );
    });

    it("refuses names and values that are malformed, empty or unused", () => {
      expect(refusal("a = b", {})).toBe("ExpressionAttributeValues must not be empty");
      expect(refusal("a = b", undefined, {})).toBe("ExpressionAttributeNames must not be empty");
      expect(refusal("a = :b", { b: { S: "" } })).toBe(
        'ExpressionAttributeValues contains invalid key: Syntax error; key: "b"',
      );
      expect(refusal("#a-b = c", undefined, { "#a-b": "x" })).toBe(
        'ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"',
      );
      expect(refusal("#a = b", undefined, { "#a": "" })).toBe(
        "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a",
      );
      expect(refusal("a = :b", { ":b": { SS: [] } })).toBe(
        "ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: " +
          "An string set  may not be empty for key :b",
      );
      expect(refusal("#a = :b", { ":b": { S: "" }, ":c": { S: "" } }, { "#a": "a", "#b": "b", "#c": "c" })).toBe(
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b, #c}",
      );
      expect(refusal("a = :b", { ":b": { S: "" }, ":c": { S: "" } })).toBe(
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:c}",
      );
    });

    it("takes 100 operands of IN and refuses 101", () => {
      const list = (count: number) => `a IN (${Array.from({ length: count }, () => "b").join(",")})`;
      expect(matches(list(100), {})).toBe(false);
      expect(refusal(list(101))).toBe("The IN operator is provided with too many operands; number of operands: 101");
    });

    it("refuses the most urgent problem, not the first in the text", () => {
      expect(refusal("size(views) AND ((a > b)) AND c >")).toMatch(/^Syntax error/);
      expect(refusal("views = dog(a) AND ((a > b))")).toBe("The expression has redundant parentheses;");
      expect(refusal("views = dog(a)")).toBe("Invalid function name; function: dog");
    });
  });

  describe("behaviour", () => {
    const item = parseItem({
      s: { S: "hello" },
      n: { N: "5" },
      b: { B: Buffer.from("hi there").toString("base64") },
      t: { BOOL: true },
      nil: { NULL: true },
      ss: { SS: ["dog", "cat"] },
      ns: { NS: ["2", "4"] },
      l: { L: [{ S: "hi" }, { N: "7" }, { NS: ["1", "2"] }] },
      m: { M: { x: { N: "1" }, y: { L: [{ N: "-1" }] } } },
    });

    it.each<[string, object, boolean]>([
      ["n = :v", { N: "5.0" }, true],
      ["n <> :v", { S: "5" }, true],
      ["n < :v", { S: "9" }, false],
      ["n < :v", { N: "10" }, true],
      ["gone <> :v", { N: "1" }, true],
      ["gone = :v", { N: "1" }, false],
      ["NOT gone < :v", { N: "1" }, true],
      ["l < :v", { N: "1" }, false],
      ["ss = :v", { SS: ["cat", "dog"] }, true],
      ["n BETWEEN m.x AND :v", { N: "5" }, true],
      ["n IN (s, gone, :v)", { N: "5" }, true],
      ["m.y[0] < :v", { N: "0" }, true],
      ["m.y[1] < :v", { N: "0" }, false],
      ["s[0] = :v", { S: "h" }, false],
      ["begins_with(s, :v)", { S: "hell" }, true],
      ["begins_with(b, :v)", { B: Buffer.from("hi").toString("base64") }, true],
      ["begins_with(n, :v)", { S: "5" }, false],
      ["begins_with(:v, s)", { S: "hello world" }, true],
      ["contains(s, :v)", { S: "ell" }, true],
      ["contains(b, :v)", { B: Buffer.from("here").toString("base64") }, true],
      ["contains(b, :v)", { B: Buffer.from("dog").toString("base64") }, false],
      ["contains(ss, :v)", { S: "dog" }, true],
      ["contains(ss, :v)", { S: "do" }, false],
      ["contains(ns, :v)", { N: "4.0" }, true],
      ["contains(l, :v)", { NS: ["2", "1"] }, true],
      ["contains(l, :v)", { S: "h" }, false],
      ["contains(m, :v)", { S: "x" }, false],
      ["attribute_type(ss, :v)", { S: "SS" }, true],
      ["attribute_type(gone, :v)", { S: "SS" }, false],
      ["attribute_type(:v, :v)", { S: "S" }, true],
      ["size(s) = :v", { N: "5" }, true],
      ["size(b) = :v", { N: "8" }, true],
      ["size(ss) < :v", { N: "3" }, true],
      ["size(l) = :v", { N: "3" }, true],
      ["size(m) = :v", { N: "2" }, true],
      ["size(n) = :v", { N: "1" }, false],
      ["size(t) <> :v", { N: "1" }, true],
      ["size(s) = :v", { S: "5" }, false],
      ["size(s) IN (n, :v)", { N: "1" }, true],
    ])("%s with %j is %s", (text, value, expected) => {
      expect(matches(text, item, { ":v": value })).toBe(expected);
    });

    it("tells attributes that are there from those that are not, also inherited names and NULL", () => {
      expect(matches("attribute_exists(nil) AND attribute_not_exists(toString)", item)).toBe(true);
      expect(matches("attribute_exists(m.toString)", item)).toBe(false);
      expect(matches("attribute_not_exists(pk)", undefined)).toBe(true);
    });

    it("binds NOT closer than AND, and AND closer than OR", () => {
      const values = { ":0": { N: "0" }, ":5": { N: "5" } };
      expect(matches("n = :5 OR n = :5 AND n = :0", item, values)).toBe(true);
      expect(matches("(n = :5 OR n = :5) AND n = :0", item, values)).toBe(false);
      expect(matches("NOT n = :0 AND n = :0", item, { ":0": { N: "0" } })).toBe(false);
      expect(matches("NOT NOT NOT n = :0", item, { ":0": { N: "0" } })).toBe(true);
    });

    it("names the attributes that it reads, and those that it reads a part of", () => {
      const condition = bind("#a.b > c AND size(d[0]) > :v", { ":v": { N: "1" } }, { "#a": "x" });
      expect([...condition.attributes]).toEqual(["x", "c", "d"]);
      expect([...condition.nestedAttributes]).toEqual(["x", "d"]);
    });

    it("binds the same text to the values of each request", () => {
      expect(matches("n = :v", item, { ":v": { N: "5" } })).toBe(true);
      expect(matches("n = :v", item, { ":v": { N: "6" } })).toBe(false);
      expect(matches("#x = :v", item, { ":v": { N: "5" } }, { "#x": "n" })).toBe(true);
      expect(matches("#x = :v", item, { ":v": { N: "5" } }, { "#x": "s" })).toBe(false);
    });
  });
});
