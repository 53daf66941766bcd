/** Proves ExecuteStatement with SELECT. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { PartiQl, notWellFormed, placeOf } from "./partiql-support.ts";
import {
  attributes,
  createSorted,
  createTable,
  globalIndex,
  invalid,
  keys,
  putAll,
  refusal,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { client } = useDynamoDb();
const sql = new PartiQl(client);

/** Items of one table with a partition key, one with a numeric sort key, and one with indexes. */
let plain: string;
let sorted: string;
let indexed: string;

const A: Item = {
  pk: { S: "a" },
  n: { N: "5" },
  s: { S: "str" },
  ss: { SS: ["x", "y"] },
  l: { L: [{ S: "x" }, { N: "1" }, { M: { y: { S: "z" } } }] },
  m: { M: { b: { S: "bee" }, c: { L: [{ N: "7" }] } } },
  nul: { NULL: true },
  flag: { BOOL: true },
  bin: { B: Uint8Array.of(1, 2) },
};
const B: Item = { pk: { S: "b" }, n: { N: "6" } };

beforeAll(async () => {
  plain = await createTable(client);
  sorted = await createSorted(client, {}, "N");
  indexed = await createSorted(client, {
    AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S", l: "S" }),
    GlobalSecondaryIndexes: [
      globalIndex("all", "g", "l"),
      globalIndex("some", "g", undefined, { ProjectionType: "INCLUDE", NonKeyAttributes: ["shown"] }),
    ],
    LocalSecondaryIndexes: [
      { IndexName: "local", KeySchema: keys("pk", "l"), Projection: { ProjectionType: "KEYS_ONLY" } },
    ],
  });
  await putAll(client, plain, [A, B]);
  const rows = ["p", "p", "p", "p", "q", "q"].map((pk, i): Item => {
    const sk = String(pk === "p" ? i + 1 : i - 3);
    return { pk: { S: pk }, sk: { N: sk }, n: { N: sk } };
  });
  await putAll(client, sorted, rows);
  const entries = [1, 2, 3].map((i): Item => ({
    pk: { S: "p" },
    sk: { S: `s${i}` },
    g: { S: "g" },
    l: { S: `l${4 - i}` },
    shown: { S: `shown${i}` },
    hidden: { S: `hidden${i}` },
  }));
  await putAll(client, indexed, [...entries, { pk: { S: "p" }, sk: { S: "s4" }, hidden: { S: "hidden4" } }]);
});

/** The partition keys of the items of the plain table that a condition holds for. */
const holds = async (condition: string, Parameters?: AttributeValue[]): Promise<string> =>
  (await sql.items(`SELECT pk FROM "${plain}" WHERE ${condition}`, Parameters))
    .map(({ pk }) => pk?.S ?? "")
    .toSorted()
    .join();
const refused = (condition: string, Parameters?: AttributeValue[]) => refusal(holds(condition, Parameters));
/** Keys of the sorted table in the order of the answer. */
const places = async (rest: string): Promise<string> =>
  (await sql.items(`SELECT pk, sk FROM "${sorted}" WHERE ${rest}`)).map(({ pk, sk }) => `${pk?.S}${sk?.N}`).join(" ");

describe("SELECT", () => {
  describe("the attributes that it answers", () => {
    const select = (list: string) => sql.items(`SELECT ${list} FROM "${plain}" WHERE pk = 'a'`);

    it("are all of them, or those that it names, each by the last name of its path", async () => {
      expect(await select("*")).toEqual([A]);
      expect(await select(`pk, m.b, m['c'], l[0], "flag", nope`)).toEqual([
        { pk: { S: "a" }, b: { S: "bee" }, c: { L: [{ N: "7" }] }, "l[0]": { S: "x" }, flag: { BOOL: true } },
      ]);
      expect(await select("m.c[0], l[2].y")).toEqual([{ "c[0]": { N: "7" }, y: { S: "z" } }]);
      expect(await select("nope")).toEqual([{}]);
    });

    it.each([
      ["m.b, b", "Duplicate identifiers in select clause: b"],
      ["n AS other", "Aliasing is not supported"],
      ["n + 1", "Unexpected path component at 1:10:1"],
      ["size(s)", "Unexpected path component at 1:8:4"],
      ["COUNT(*)", "Unexpected path component at 1:8:5"],
      ["'x'", "Unexpected path component at 1:8:3"],
      ["m.*", "Changing item's hierarchy while reading isn't supported"],
      ["VALUE n", "Select projection doesn't support value or pivot keywords"],
      ["DISTINCT n", "Unsupported token in expression: DISTINCT"],
      ["pk.x", "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk"],
    ])("cannot be %s", async (list, message) => {
      expect(await refusal(select(list))).toBe(validation(message));
    });

    it("cannot overlap", async () => {
      expect(await refusal(select("m, m.b"))).toContain("Two document paths overlap with each other");
    });
  });

  describe("conditions", () => {
    it.each([
      ["n = 5", "a"],
      ["n <> 5", "b"],
      ["n != 5", "b"],
      ["n < 6", "a"],
      ["n <= 6", "a,b"],
      ["n > 5", "b"],
      ["5 < n", "b"],
      ["n BETWEEN 5 AND 5.5", "a"],
      ["n NOT BETWEEN 6 AND 7", "a"],
      ["n IN [6, 7]", "b"],
      ["n IN (6, 7)", "b"],
      ["n IN <<6>>", "b"],
      ["n NOT IN [6]", "a"],
      ["NOT n = 5 AND n = 6", "b"],
      ["NOT (n = 5 AND s = 'str')", "b"],
      ["n = 5 OR n = 6 AND s = 'str'", "a"],
      ["(n = 5 OR n = 6) AND s = 'str'", "a"],
      ["s IS MISSING", "b"],
      ["s IS NOT MISSING", "a"],
      ["nul IS NULL", "a"],
      ["nul IS NOT NULL", "b"],
      ["nul = NULL", "a"],
      ["flag IS BOOLEAN", "a"],
      ["s IS STRING", "a"],
      ["n IS NUMERIC", "a,b"],
      ["bin IS BLOB", "a"],
      ["m IS STRUCT", "a"],
      ["m IS TUPLE", "a"],
      ["l IS LIST", "a"],
      ["flag = true", "a"],
      ["begins_with(s, 'st')", "a"],
      ["CONTAINS(s, 't')", "a"],
      ["contains(ss, 'x')", "a"],
      ["contains(ss, 'x') = true", "a"],
      ["contains(ss, 'x') = false", "b"],
      ["contains(ss, 'x') <> true", "b"],
      ["flag = (n = 5)", "a"],
      ["size(s) = 3", "a"],
      ["size(s) > size(pk)", "a"],
      ["attribute_type(s, 'S')", "a"],
      ["attribute_exists(m.b)", "a"],
      ["attribute_not_exists(m.b)", "b"],
      ["m.b = 'bee'", "a"],
      ["m['b'] = 'bee'", "a"],
      ["l[0] = 'x'", "a"],
      ["l = ['x', 1, {'y': 'z'}]", "a"],
      ["ss = <<'y', 'x'>>", "a"],
      ["s = 'it''s'", ""],
      ['s = "str"', ""],
      ["N = 5", ""],
      ["pk > 'a'", "b"],
      ["pk = 'a' OR pk = 'b'", "a,b"],
      ["pk IN ['a', 'b', 'c']", "a,b"],
      ["pk = 'a' AND pk = 'b'", ""],
      ["pk = 'a' AND n = 6", ""],
      ["n = 5.0 -- a comment", "a"],
      ["n = /* a comment */ .5e1", "a"],
      ["n = -(-5)", "a"],
    ])("%s", async (condition, expected) => {
      expect(await holds(condition)).toBe(expected);
    });

    it("have parameters, in their order", async () => {
      expect(await holds("pk = ? AND n = ?", [{ S: "a" }, { N: "5" }])).toBe("a");
      expect(await holds("n IN [?, ?]", [{ N: "6" }, { N: "7" }])).toBe("b");
      expect(await holds("ss = ?", [{ SS: ["y", "x"] }])).toBe("a");
      expect(await holds("bin = ?", [{ B: Uint8Array.of(1, 2) }])).toBe("a");
      expect(await holds("s = '?'", [{ S: "str" }])).toBe("");
      expect(await refused("pk = ? AND n = ?", [{ S: "a" }])).toBe(
        validation("Number of parameters in request and statement don't match."),
      );
      expect(await refused("n = ?", [{ N: "abc" }])).toContain("cannot be converted to a numeric value");
    });

    it.each([
      ["flag", "WHERE clause must contain an expression that resolves to a boolean"],
      ["size(s)", "WHERE clause must contain an expression that resolves to a boolean"],
      ["NOT flag", "The argument to NOT must be a Type or Expression"],
      ["n = 5 AND true", "The arguments to AND/OR must be Expressions"],
      ["n = MISSING", "MISSING must be compared using IS operator"],
      ["(n = 5) IS NUMERIC", "The left hand side argument to IS must be a Variable Reference, Literal, or Path"],
      [
        "n IN 'a'",
        "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq " +
          "with at least one member",
      ],
      ["n + 1 = 6", "Unsupported operator in Condition Expression. Operator: +"],
      ["s LIKE 'st%'", "Unsupported operator in Condition Expression. Operator: like"],
      ["n > true", "Incorrect operand type for operator or function; operator or function: >, operand type: BOOL"],
      [
        "attribute_exists('s')",
        "Operator or function requires a document path; operator or function: attribute_exists",
      ],
      [
        "begins_with(s)",
        "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1",
      ],
      ["list_append(l, l) = l", "The function is not allowed in a condition expression; function: list_append"],
      ["n = <<>>", "Empty bags are not supported"],
      ["n = <<1, 'a'>>", "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"],
      ['m."" = 1', "Path component cannot be an empty string"],
      [
        "n = 1e126",
        "Number overflow. Attempting to store a number with magnitude larger than supported range under root",
      ],
      [
        "n = {'a': [1, 1e126]}",
        "Number overflow. Attempting to store a number with magnitude larger than supported range under root.a[1]",
      ],
      ["pk = 5", "Key attribute's data type should match its data type in table's schema: Key pk"],
      [
        "pk = ''",
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
      ],
    ])("cannot be %s", async (condition, message) => {
      expect(await refused(condition)).toBe(validation(message));
    });

    it("are refused at the place in the statement that is wrong", async () => {
      const at = (text: string, condition: string, length?: number) =>
        `at ${placeOf(text, `SELECT pk FROM "${plain}" WHERE ${condition}`, length)}`;
      const upper = "upper(s) = 'A'";
      expect(await refused(upper)).toBe(validation(`Unrecognized function: upper ${at("upper", upper)}`));
      const ion = "n = `5`";
      expect(await refused(ion)).toContain(at("`5`", ion));
      const list = "n = [1, s]";
      expect(await refused(list)).toBe(
        validation(`Unsupported data type: VariableReference under key root.1 ${at("s]", list, 1)}`),
      );
      const star = "l[*] = 1";
      expect(await refused(star)).toBe(
        validation(`Wildcard path component like a[*].b are not supported ${at("*", star)}`),
      );
      const type = "n IS INT";
      expect(await refused(type)).toContain(`Unsupported data type for IS operator: INTEGER.`);
      expect(await refused(type)).toContain(at("IS", type));
      expect(await refused(`n = 1\n AND upper(s) = 'A'`)).toContain("Unrecognized function: upper at 2:6:5");
    });
  });

  describe("statements that cannot be read", () => {
    it.each([
      ['SELECTT * FROMM "t-h"', "Unexpected token after expression"],
      ["SLECT * FROM abc", "Expected data manipulation"],
      ["UPDATE abc-def SET a = 1 WHERE pk = 'a'", "Expected data manipulation"],
      ["SELECT * FROM abc WHERE pk = 1 foo", "Unexpected token after expression"],
      ["SELECT * FROM abc WHERE pk = 1)", "Unexpected token after expression"],
      ["SELECT * FROM abc ORDER BY pk WHERE pk = 1", "Unexpected token after expression"],
      ["DELETE FROM abc WHERE pk = 1 ORDER BY pk", "Unexpected token after expression"],
      ["INSERT INTO abc t VALUE {'pk': 'x'}", "Unexpected token after expression"],
      ["INSERT INTO abc (key) VALUES (1)", "Unexpected keyword"],
      ["SELECT m.inner FROM abc", "Invalid path dot component"],
      ["SELECT * FROM abc WHERE pk = 1e2147483648", ""],
      ["SELECT * FROM abc WHERE pk = 1 # note", ""],
      ["SELECT * FROM abc WHERE pk = 1 /* note", ""],
      ["SELECT * FROM abc WHERE pk = 'open", ""],
    ])("%s", async (statement, detail) => {
      expect(await refusal(sql.run(statement))).toBe(notWellFormed(detail));
    });

    it.each([
      ["SELECT n FROM abc GROUP BY n", "Unsupported clause: GROUP BY"],
      ["SELECT n FROM abc LIMIT 1", "Unsupported clause: LIMIT at 1:25:1"],
      ["SELECT n FROM abc, def", "Only select from a single table or index is supported."],
      ["SELECT n FROM abc JOIN def ON true", "Only select from a single table or index is supported."],
      ["SELECT n FROM abc t", "Aliasing is not supported"],
      [
        "SELECT n FROM t",
        "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.",
      ],
      ["SELECT n FROM 'abc'", "Unexpected from source"],
      ['SELECT n FROM ""', "Path component cannot be an empty string"],
      ["SELECT n FROM abc.def.ghi", "A path may contain at most 2 components in the FROM clause"],
      ["CREATE TABLE abc", "Unsupported operation: CreateTable"],
      ["'abc'", "Unsupported operation: Literal"],
      [
        "EXISTS(SELECT * FROM abc WHERE pk = 'a' AND n = 1)",
        "EXISTS can only be used in ExecuteTransaction write requests.",
      ],
    ])("%s", async (statement, message) => {
      expect(await refusal(sql.run(statement))).toBe(validation(message));
    });

    it("have 1 to 8192 characters", async () => {
      const length = "at 'statement' failed to satisfy constraint: Member must have length";
      expect(await refusal(sql.run(""))).toContain(`${length} greater than or equal to 1`);
      expect(await refusal(sql.run("x".repeat(8193)))).toContain(`${length} less than or equal to 8192`);
    });

    it("are read before their table is looked for", async () => {
      expect(await refusal(sql.run("SELECT n FROM absent WHERE n > true"))).toContain("Incorrect operand type");
      expect(await refusal(sql.run("SELECT n FROM absent WHERE n > 1"))).toBe(
        "ResourceNotFoundException: Requested resource not found",
      );
    });
  });

  describe("keys", () => {
    it.each([
      ["pk = 'p' AND sk > 2", "p3 p4"],
      ["pk = 'p' AND sk > 1 AND sk < 4", "p2 p3"],
      ["pk = 'p' AND sk BETWEEN 2 AND 3", "p2 p3"],
      ["pk = 'p' AND sk IN [4, 1, 1]", "p1 p4"],
      ["pk = 'p' AND (sk = 1 OR sk = 3)", "p1 p3"],
      ["pk = 'p' AND (sk > 2 OR n = 1)", "p1 p3 p4"],
      ["pk = 'p' AND sk <> 2", "p1 p3 p4"],
      ["pk = 'p' AND NOT sk = 2 OR pk = 'p' AND sk = 2", "p1 p2 p3 p4"],
      ["pk = 'q' OR pk = 'p' AND sk < 3", "q1 q2 p1 p2"],
      ["(pk = 'p' AND sk = 2) OR (pk = 'q' AND sk = 1)", "p2 q1"],
      ["pk IN ['q', 'p'] AND sk = 2", "q2 p2"],
      ["pk IN ['p', 'q'] ORDER BY pk DESC", "q1 q2 p1 p2 p3 p4"],
      ["pk IN ['q', 'p'] ORDER BY pk, sk DESC", "p4 p3 p2 p1 q2 q1"],
      ["pk = 'p' AND sk IN [1, 3] ORDER BY sk DESC", "p3 p1"],
      ["pk = 'p' ORDER BY sk DESC", "p4 p3 p2 p1"],
      ["pk = 'p' ORDER BY sk ASC", "p1 p2 p3 p4"],
    ])("%s", async (rest, expected) => {
      expect(await places(rest)).toBe(expected);
    });

    it.each([
      ["pk = 'p' ORDER BY n", "Variable reference n in ORDER BY clause must be part of the primary key"],
      ["pk = 'p' ORDER BY m.n", "Argument to ORDER BY must be of type VariableReference. Type: PATH"],
      [
        "n = 1 ORDER BY sk",
        "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
      ],
      ["pk = 'p' AND (sk < 3 OR sk < 4)", "Overlapping conditions with range keys are not supported in where clause"],
      ["pk = 'p' AND sk = 'x'", "Key attribute's data type should match its data type in table's schema: Key sk"],
      [
        `pk IN [${Array.from({ length: 51 }, (_, i) => `'${i}'`).join()}]`,
        "Too many decomposed read operations for a given query.",
      ],
    ])("cannot be %s", async (rest, message) => {
      expect(await refusal(places(rest))).toBe(validation(message));
    });

    it("are read alone: a query of each partition that is named, a scan of everything otherwise", async () => {
      const units = async (rest: string, ConsistentRead?: boolean) =>
        (await sql.run(`SELECT * FROM "${sorted}" ${rest}`, { ConsistentRead, ReturnConsumedCapacity: "TOTAL" }))
          .ConsumedCapacity;
      expect(await units("WHERE pk = 'p' AND sk = 1")).toEqual({ TableName: sorted, CapacityUnits: 0.5 });
      expect(await units("WHERE pk = 'p' AND sk = 1", true)).toEqual({ TableName: sorted, CapacityUnits: 1 });
      expect(await units("WHERE pk IN ['p', 'q', 'r']")).toEqual({ TableName: sorted, CapacityUnits: 1.5 });
    });
  });

  describe("pages", () => {
    it("have as many items as Limit says, also where a filter leaves none of them", async () => {
      const first = await sql.run(`SELECT * FROM "${sorted}" WHERE pk = 'p' AND n > 3`, { Limit: 2 });
      expect(first.Items).toEqual([]);
      expect(first.LastEvaluatedKey).toEqual({ pk: { S: "p" }, sk: { N: "2" } });
      const { NextToken } = first;
      const second = await sql.run(`SELECT * FROM "${sorted}" WHERE pk = 'p' AND n > 3`, { NextToken });
      expect(second.Items?.map(({ sk }) => sk?.N)).toEqual(["4"]);
      expect(second.NextToken).toBeUndefined();
    });

    it("go on from one partition to the next, in whatever order", async () => {
      const seen: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await sql.run(`SELECT * FROM "${sorted}" WHERE pk IN ['p', 'q'] ORDER BY pk DESC, sk DESC`, {
          Limit: 1,
          NextToken,
        });
        seen.push(...(page.Items ?? []).map(({ pk, sk }) => `${pk?.S}${sk?.N}`));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      expect(seen.join(" ")).toBe("q2 q1 p4 p3 p2 p1");
    });

    it("go on with the token of the same statement only", async () => {
      const statement = `SELECT * FROM "${sorted}" WHERE pk = ?`;
      const { NextToken } = await sql.run(statement, { Parameters: [{ S: "p" }], Limit: 1 });
      expect(await refusal(sql.run(statement, { Parameters: [{ S: "q" }], NextToken }))).toBe(
        validation("NextToken does not match request"),
      );
      expect(await refusal(sql.run(statement, { Parameters: [{ S: "p" }], NextToken: "abc" }))).toBe(
        validation("Invalid NextToken"),
      );
    });

    it("end at 1 MB, over all partitions together", async () => {
      const table = await createSorted(client);
      const large = ["a", "b"].flatMap((pk) =>
        ["1", "2", "3"].map((sk): Item => ({ pk: { S: pk }, sk: { S: sk }, x: { S: "x".repeat(300_000) } })),
      );
      await putAll(client, table, large);
      const statement = `SELECT pk, sk FROM "${table}" WHERE pk IN ['a', 'b']`;
      const first = await sql.run(statement);
      expect(first.Items?.map(({ pk, sk }) => `${pk?.S}${sk?.S}`)).toEqual(["a1", "a2", "a3", "b1"]);
      const second = await sql.run(statement, { NextToken: first.NextToken });
      expect(second.Items?.map(({ pk, sk }) => `${pk?.S}${sk?.S}`)).toEqual(["b2", "b3"]);
      expect(second.NextToken).toBeUndefined();
    });
  });

  describe("indexes", () => {
    const select = (list: string, index: string, rest = "", more = {}) =>
      sql.run(`SELECT ${list} FROM "${indexed}"."${index}" ${rest}`, { ReturnConsumedCapacity: "INDEXES", ...more });

    it("are read as their table is, in their own order", async () => {
      const { Items, ConsumedCapacity } = await select("sk", "all", "WHERE g = 'g' AND l > 'l1' ORDER BY l DESC");
      expect(Items).toEqual([{ sk: { S: "s1" } }, { sk: { S: "s2" } }]);
      expect(ConsumedCapacity).toMatchObject({
        CapacityUnits: 0.5,
        Table: { CapacityUnits: 0 },
        GlobalSecondaryIndexes: { all: { CapacityUnits: 0.5 } },
      });
      expect((await select("sk", "all", "WHERE pk = 'p'")).Items).toHaveLength(3);
    });

    it("answer what they have for *, and local ones the rest from their table", async () => {
      const everything = await select("*", "local", "WHERE pk = 'p'");
      expect(Object.keys(everything.Items?.[0] ?? {}).toSorted()).toEqual(["l", "pk", "sk"]);
      expect(everything.ConsumedCapacity?.Table?.CapacityUnits).toBe(0);
      const fetched = await select("hidden", "local", "WHERE pk = 'p'");
      expect(fetched.Items).toEqual([3, 2, 1].map((i) => ({ hidden: { S: `hidden${i}` } })));
      expect(fetched.ConsumedCapacity?.Table?.CapacityUnits).toBe(1.5);
    });

    it("cannot answer or filter what they lack", async () => {
      expect(await refusal(select("hidden", "some", "WHERE g = 'g'"))).toBe(
        invalid("Global secondary index some does not project [hidden]"),
      );
      const filters = "does not project one or more filter attributes: [hidden]";
      expect(await refusal(select("pk", "some", "WHERE g = 'g' AND hidden = 'x'"))).toBe(
        invalid(`Secondary index some ${filters}`),
      );
      expect(await refusal(select("pk", "some", "WHERE g IN ['g'] AND NOT hidden = 'x'"))).toBe(
        invalid(`Secondary index some ${filters}`),
      );
      expect(await refusal(select("pk", "local", "WHERE pk = 'p' AND hidden IS MISSING"))).toBe(
        invalid(`Secondary index local ${filters}`),
      );
      expect((await select("pk", "some", "WHERE hidden = 'hidden1'")).Items).toEqual([]);
      expect((await select("pk", "some", "WHERE NOT hidden = 'hidden1'")).Items).toHaveLength(3);
    });

    it("have to be there, and global ones are not consistent", async () => {
      expect(await refusal(select("pk", "absent"))).toBe(validation("The table does not have the specified index"));
      expect(await refusal(select("pk", "all", "", { ConsistentRead: true }))).toBe(
        validation("Strongly consistent read is not supported on Global Secondary Indexes"),
      );
      expect((await select("pk", "local", "", { ConsistentRead: true })).Items).toHaveLength(3);
    });

    it("do not go on with the token of another one", async () => {
      const { NextToken } = await select("pk", "all", "WHERE g = 'g'", { Limit: 1 });
      expect(await refusal(select("pk", "some", "WHERE g = 'g'", { NextToken }))).toBe(
        validation("NextToken does not match request"),
      );
    });
  });
});
