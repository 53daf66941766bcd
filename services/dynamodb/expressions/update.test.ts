import fc from "fast-check";
import { parseItem, type AttributeValue, type Item } from "../attribute-value.ts";
import { bindExpressions, projectPaths } from "./index.ts";

type Values = Record<string, object>;
type Names = Record<string, string>;

const bind = (UpdateExpression: string, ExpressionAttributeValues?: Values, ExpressionAttributeNames?: Names) =>
  bindExpressions({ UpdateExpression, ExpressionAttributeValues, ExpressionAttributeNames }).update!;

const update = (item: Item, text: string, values?: Values, names?: Names): Item =>
  bind(text, values, names).apply(item);

const refusal = (text: string, values?: Values, names?: Names, item: Item = {}): string => {
  try {
    bind(text, values, names).apply(item);
  } catch (error) {
    expect(error).toMatchObject({ name: "ValidationException" });
    return (error as Error).message.replace("Invalid UpdateExpression: ", "");
  }
  throw new Error(`accepted: ${text}`);
};

const numbers = (...values: number[]): AttributeValue => ({ L: values.map((value) => ({ N: String(value) })) });

describe("Update expressions", () => {
  describe("serialization", () => {
    it.each([
      ["INVALID SYNTAX HERE", "INVALID", "INVALID SYNTAX"],
      ["SET _123 = :v", "_", "SET _123"],
      ["SET MyStr = my Num", "Num", "my Num"],
      ["SET MyStr = myNum Mystr2 myNum2", "Mystr2", "myNum Mystr2 myNum2"],
      ["ADD hits : incr", ":", "hits : incr"],
      ["SET a = :v,", "<EOF>", ","],
      ["set a", "<EOF>", "a"],
      ["set a=set", "set", "=set"],
      ["set a.between = b", "between", ".between ="],
      ["remove a = b", "=", "a = b"],
      ["add a b", "b", "a b"],
      ["set :a = b", ":a", "set :a ="],
      ["set a[1] = 1", "1", "= 1"],
      ["set a = b * c", "*", "b * c"],
      ["set a = b + c + d", "+", "c + d"],
      ["set a = (b.c).d + e", ".", ").d"],
      ["SET a = if_not_exists(a, :a+:b)", "+", ":a+:b"],
      ["SET if_not_exist(a, b) = a", "(", "if_not_exist(a"],
    ])("names the wrong token of %j and its neighbours", (text, token, near) => {
      expect(refusal(text)).toBe(`Syntax error; token: "${token}", near: "${near}"`);
    });

    it("takes sections in any case and order, and parentheses around sums and operands", () => {
      const item = parseItem({ a: { N: "1" }, b: { N: "2" } });
      expect(update(item, " rEmOvE b\n set c = ((a)+(b)) , d=(a - b)aDd a :v", { ":v": { N: "1" } })).toEqual({
        a: { N: "2" },
        c: { N: "3" },
        d: { N: "-1" },
      });
    });
  });

  describe("validation", () => {
    it.each([
      [" set #c = :c set abOrt = true ", "Attribute name is a reserved keyword; reserved keyword: abOrt"],
      ["set #c = if_not_exist(:c) set c = d", "Invalid function name; function: if_not_exist"],
      ["set c = size(d)", "The function is not allowed in an update expression; function: size"],
      ["remove #d set a = b remove e", 'The "REMOVE" section can only be used once in an update expression;'],
      [
        "SET #c = if_not_exists(:c)",
        "An expression attribute name used in the document path is not defined; attribute name: #c",
      ],
      ["SET a = :c", "An expression attribute value used in expression is not defined; attribute value: :c"],
      ["set a = ((b))", "The expression has redundant parentheses;"],
      [
        "set a = list_append(list_append(a, b), c)",
        "The function is not allowed to be used this way in an expression; function: list_append",
      ],
      [
        "set a = a - list_append(b, c)",
        "The function is not allowed to be used this way in an expression; function: list_append",
      ],
      [
        "set a = list_append(c)",
        "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1",
      ],
      [
        "set a = if_not_exists(if_not_exists(a, b), c)",
        "Operator or function requires a document path; operator or function: if_not_exists",
      ],
      ["", "The expression can not be empty;"],
      [`REMOVE ${"a".repeat(4090)}`, "Expression size has exceeded the maximum allowed size; expression size: 4097"],
    ])("refuses %s", (text, message) => {
      expect(refusal(text)).toBe(message);
    });

    it.each([
      ["set d[1] = a, d.b = a, c[1].a = a, #c = if_not_exists(a)", "overlap", "[c, [1], a]", "[c]"],
      ["set a = b remove a, #c, #d", "overlap", "[a]", "[a]"],
      ["set #c[3].#d = a, #c[3] = a", "overlap", "[c, [3], [3]]", "[c, [3]]"],
      ["remove c, #c.a, #d", "overlap", "[c]", "[c, a]"],
      ["remove a.#c set a[1] = #d", "conflict", "[a, c]", "[a, [1]]"],
    ])("refuses the paths of %s", (text, relation, one, two) => {
      expect(refusal(text, undefined, { "#c": "c", "#d": "[3]" })).toBe(
        `Two document paths ${relation} with each other; must remove or rewrite one of these paths; ` +
          `path one: ${one}, path two: ${two}`,
      );
    });

    it.each([
      ["add a.b :v", { S: "a" }, "ADD", "STRING"],
      ["add a.b :v", { L: [] }, "ADD", "LIST"],
      ["delete a.b :v", { N: "1" }, "DELETE", "NUMBER"],
      ["delete a.b :v", { BOOL: true }, "DELETE", "BOOLEAN"],
    ])("refuses %s of %j", (text, value, operator, type) => {
      expect(refusal(text, { ":v": value })).toBe(
        "Incorrect operand type for operator or function; " +
          `operator: ${operator}, operand type: ${type}, typeSet: ALLOWED_FOR_${operator}_OPERAND`,
      );
    });

    it.each([
      ["set a = a + :v", { S: "a" }, "+", "S"],
      ["set a = :v - a", { NS: ["1"] }, "-", "NS"],
      ["set a = list_append(a, :v)", { N: "1" }, "list_append", "N"],
    ])("refuses %s with %j", (text, value, operator, type) => {
      expect(refusal(text, { ":v": value })).toBe(
        `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
      );
    });

    const missing = "The provided expression refers to an attribute that does not exist in the item";
    const wrongType = "An operand in the update expression has an incorrect data type";
    const wrongPath = "The document path provided in the update expression is invalid for update";
    it.each<[string, string, Values | undefined]>([
      ["SET c = z", missing, undefined],
      ["SET x = :v, c = x", missing, { ":v": { N: "4" } }],
      ["SET a = list_append(z, :v)", missing, { ":v": { L: [] } }],
      ["SET c = s + s", wrongType, undefined],
      ["SET c = list_append(s, :v)", wrongType, { ":v": { L: [] } }],
      ["ADD s :v", wrongType, { ":v": { N: "1" } }],
      ["DELETE ss :v", wrongType, { ":v": { NS: ["1"] } }],
      ["SET s.c = :v", wrongPath, { ":v": { N: "1" } }],
      ["SET l.c = :v", wrongPath, { ":v": { N: "1" } }],
      ["SET m[0] = :v", wrongPath, { ":v": { N: "1" } }],
      ["SET z.c = :v", wrongPath, { ":v": { N: "1" } }],
      ["SET l[9].c = :v", wrongPath, { ":v": { N: "1" } }],
      ["REMOVE z.c", wrongPath, undefined],
      ["REMOVE s[0]", wrongPath, undefined],
      [
        "SET z = n + :v",
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
        { ":v": { N: "1e60" } },
      ],
    ])("refuses %s on an item where it does not fit", (text, message, values) => {
      const item = parseItem({
        s: { S: "a" },
        n: { N: "1" },
        ss: { SS: ["a"] },
        l: { L: [{ S: "x" }] },
        m: { M: { k: { N: "1" } } },
      });
      expect(refusal(text, values, undefined, item)).toBe(message);
    });

    it("refuses a document that becomes deeper than 32 levels", () => {
      let deep: AttributeValue = { S: "leaf" };
      for (let i = 0; i < 31; i++) deep = { M: { n: deep } };
      expect(update({}, "SET a = :v", { ":v": deep })).toEqual({ a: deep });
      expect(refusal("SET m.a = :v", { ":v": deep }, undefined, { m: { M: {} } })).toMatch(/^Nesting Levels/);
    });
  });

  describe("behaviour", () => {
    it("sees the item as it was in every operand", () => {
      const item = parseItem({ a: { N: "1" }, b: { N: "2" } });
      expect(update(item, "SET a = b, b = a")).toEqual({ a: { N: "2" }, b: { N: "1" } });
      expect(update(item, "REMOVE a SET c = a")).toEqual({ b: { N: "2" }, c: { N: "1" } });
      expect(item).toEqual({ a: { N: "1" }, b: { N: "2" } });
    });

    it("writes parts of documents and leaves their neighbours", () => {
      const item = parseItem({
        a: { M: { x: { N: "3" }, y: { N: "4" }, c: { M: { y: { N: "3" } } } } },
        b: { M: { x: { N: "1" }, y: { N: "2" } } },
      });
      const values = { ":1": { N: "10" }, ":2": { S: "dog" }, ":3": { N: "17" } };
      expect(update(item, "SET a.b = :1, a.c.d = :2, b.x = :3 REMOVE a.x, b.y", values)).toEqual({
        a: { M: { y: { N: "4" }, b: { N: "10" }, c: { M: { y: { N: "3" }, d: { S: "dog" } } } } },
        b: { M: { x: { N: "17" } } },
      });
    });

    it("sets list elements in place, and those beyond the end at the end, in the order of their indexes", () => {
      const item = { l: numbers(1, 2, 3) };
      const values = { ":a": { N: "8" }, ":b": { N: "9" } };
      expect(update(item, "SET l[1] = :a", { ":a": { N: "8" } })).toEqual({ l: numbers(1, 8, 3) });
      expect(update(item, "SET l[84] = :a, l[37] = :b", values)).toEqual({ l: numbers(1, 2, 3, 9, 8) });
    });

    it("removes list elements by their indexes before the update, and closes up", () => {
      const item = { l: numbers(2, 3, 4, 5, 6, 7) };
      const expected = { l: numbers(2, 4, 17, 6, 7) };
      expect(update(item, "REMOVE l[1] SET l[3] = :v", { ":v": { N: "17" } })).toEqual(expected);
      expect(update(item, "SET l[3] = :v REMOVE l[1]", { ":v": { N: "17" } })).toEqual(expected);
      expect(update(item, "REMOVE l[0], l[5], l[2], l[17]")).toEqual({ l: numbers(3, 5, 6) });
      expect(update({ l: numbers(1) }, "REMOVE l[0]")).toEqual({ l: numbers() });
    });

    it("removes in silence what is not there, and parts of it only from a new item", () => {
      const item = parseItem({ pk: { S: "a" }, m: { M: {} } });
      expect(update(item, "REMOVE x, m.y")).toEqual(item);
      const nested = bind("REMOVE x.y, z[0]");
      expect(nested.apply(item, { isNew: true })).toEqual(item);
      expect(() => nested.apply(item)).toThrow("invalid for update");
    });

    it("adds to numbers and sets, which begin as zero and empty", () => {
      const item = parseItem({ n: { N: "0.1" }, ss: { SS: ["b", "c"] } });
      const values = { ":n": { N: "0.2" }, ":s": { SS: ["a", "b"] }, ":k": { NS: ["1"] } };
      expect(update(item, "ADD n :n, m :n, ss :s, ns :k", values)).toEqual({
        n: { N: "0.3" },
        m: { N: "0.2" },
        ss: { SS: ["a", "b", "c"] },
        ns: { NS: ["1"] },
      });
    });

    it("deletes members of sets, and the attribute with the last one", () => {
      const item = parseItem({ a: { SS: ["x", "y"] }, b: { NS: ["1"] } });
      const values = { ":a": { SS: ["y", "z"] }, ":b": { NS: ["1.0"] } };
      expect(update(item, "DELETE a :a, b :b, gone :b", values)).toEqual({ a: { SS: ["x"] } });
    });

    it("takes functions: if_not_exists, also as an operand, and list_append in both orders", () => {
      const item = parseItem({ l: numbers(1) });
      const values = { ":l": numbers(2), ":none": numbers() };
      expect(
        update(
          item,
          "SET l = list_append(l, :l), h = list_append(:l, l), g = list_append(if_not_exists(g, :none), :l)",
          values,
        ),
      ).toEqual({
        l: numbers(1, 2),
        h: numbers(2, 1),
        g: numbers(2),
      });
      const counter = "SET c = if_not_exists(c, :0) + :1";
      expect(update({}, counter, { ":0": { N: "0" }, ":1": { N: "1" } })).toEqual({ c: { N: "1" } });
      expect(update({ c: { N: "4" } }, counter, { ":0": { N: "0" }, ":1": { N: "1" } })).toEqual({ c: { N: "5" } });
    });

    it("writes attributes of any name", () => {
      const updated = update({}, "SET #p = :v, #d = :v", { ":v": { S: "x" } }, { "#p": "__proto__", "#d": "a.b" });
      expect(JSON.stringify(updated)).toBe('{"__proto__":{"S":"x"},"a.b":{"S":"x"}}');
    });

    it("tells what it writes, for the key check and for UPDATED_OLD and UPDATED_NEW", () => {
      const item = parseItem({ pk: { S: "p" }, a: { M: { b: { N: "1" }, c: { N: "2" } } }, l: numbers(1, 2, 3) });
      const changed = bind("SET a.b = a.b + :1, l[2] = :1, n = :1 REMOVE l[0]", { ":1": { N: "9" } });
      const after = changed.apply(item);
      expect([...changed.attributes]).toEqual(["a", "l", "n"]);
      expect([...changed.nestedAttributes]).toEqual(["a", "l"]);
      expect(projectPaths(item, changed.paths)).toEqual({ a: { M: { b: { N: "1" } } }, l: numbers(1, 3) });
      expect(projectPaths(after, changed.paths)).toMatchObject({ a: { M: { b: { N: "10" } } }, n: { N: "9" } });
      expect(projectPaths({}, changed.paths)).toBeUndefined();
    });

    it("sets and removes list elements as a naive list does", () => {
      const index = fc.integer({ min: 0, max: 7 });
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 6 }),
          fc.uniqueArray(fc.record({ index, remove: fc.boolean() }), {
            selector: (change) => change.index,
            minLength: 1,
          }),
          (list, changes) => {
            const values: Values = {};
            const sets = changes.filter((change) => !change.remove);
            const removes = changes.filter((change) => change.remove);
            for (const { index: at } of sets) values[`:v${at}`] = { N: String(1000 + at) };
            const text = [
              sets.length > 0 ? `SET ${sets.map(({ index: at }) => `l[${at}] = :v${at}`).join(", ")}` : "",
              removes.length > 0 ? `REMOVE ${removes.map(({ index: at }) => `l[${at}]`).join(", ")}` : "",
            ].join(" ");
            const replaced = list.map((value, at) => (values[`:v${at}`] ? 1000 + at : value));
            const kept = replaced.filter((_, at) => !removes.some((change) => change.index === at));
            const appended = sets.map((change) => change.index).filter((at) => at >= list.length);
            const expected = [...kept, ...appended.toSorted((a, b) => a - b).map((at) => 1000 + at)];
            expect(update({ l: numbers(...list) }, text, sets.length > 0 ? values : undefined)).toEqual({
              l: numbers(...expected),
            });
          },
        ),
        { numRuns: 500 },
      );
    });
  });

  it.each([
    ["SET b = :v", 3 + 19 + 1 + 10],
    ["SET #b = :v, mmm.xx = :v", 3 + (19 + 4 + 10) + (19 + 3 + 4 + 2 + 10)],
    ["SET l[10].x = :v", 3 + 19 + (1 + 4 + 2 + 4 + 1) + 10],
    ["SET c = m.a.z, d = :v", 3 + (19 + 1 + (1 + 3 * 15)) + (19 + 1 + 10)],
    ["SET n = n + :n", 3 + 19 + 1 + 34 + (1 + 14 + 1) + 2],
    ["SET n = :n - n", 3 + 19 + 1 + 37 + 2 + (1 + 14 + 1)],
    ["SET l = list_append(if_not_exists(l, :l), :l)", 3 + 19 + 1 + 37 + (39 + 16 + 3) + 3],
    ["ADD n :n REMOVE l[1] DELETE s :s", 3 + (19 + 1 + 2) + (1 + 1 + 4 + 1) + (1 + 1)],
  ])("counts the bytes of %s", (text, bytes) => {
    const values: Values = { ":v": { S: "x".repeat(10) }, ":n": { N: "1" }, ":l": { L: [] }, ":s": { SS: ["member"] } };
    const used = Object.fromEntries(Object.entries(values).filter(([name]) => text.includes(name)));
    expect(bind(text, used, text.includes("#b") ? { "#b": "\u20acb" } : undefined).sizeBytes()).toBe(bytes);
  });
});
