/** Proves ExecuteStatement with INSERT, UPDATE and DELETE. */
import { ConditionalCheckFailedException, ScanCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { allRecords, latestStream } from "../dynamodb-streams/support.ts";
import { useClient } from "../target.ts";
import { PartiQl, notWellFormed, placeOf, useItems } from "./partiql-support.ts";
import {
  createSorted,
  createTable,
  invalid,
  keys,
  putAll,
  refusal,
  useDynamoDb,
  validation,
  type Item,
} from "./support.ts";

const { target, client } = useDynamoDb();
const streams = useClient(new DynamoDBStreamsClient({ ...target.clientConfig(), maxAttempts: 1 }));
const sql = new PartiQl(client);
const { table, fresh, there, get } = useItems(client);
let sorted: string;
beforeAll(async () => {
  sorted = await createSorted(client);
});

const CONDITION_FAILED = "ConditionalCheckFailedException: The conditional request failed";
const INCOMPLETE = validation("Where clause does not contain a mandatory equality on all key attributes");

describe("INSERT", () => {
  const insert = (value: string, Parameters?: AttributeValue[]) =>
    sql.run(`INSERT INTO "${table}" VALUE ${value}`, { ...(Parameters && { Parameters }) });

  it("puts an item of literals and parameters", async () => {
    const pk = fresh();
    const answer = await insert(
      `{'pk': '${pk}', 'n': -1.50, 'e': 2.5e3, 't': true, 'z': null, 'l': [1, 'a', {'b': []}], 'ss': <<'x'>>, 'ns': <<1, 2>>, 'p': ?}`,
      [{ B: Uint8Array.of(7) }],
    );
    expect(answer.Items).toEqual([]);
    expect(await get(pk)).toEqual({
      pk: { S: pk },
      n: { N: "-1.5" },
      e: { N: "2500" },
      t: { BOOL: true },
      z: { NULL: true },
      l: { L: [{ N: "1" }, { S: "a" }, { M: { b: { L: [] } } }] },
      ss: { SS: ["x"] },
      ns: { NS: ["1", "2"] },
      p: { B: Uint8Array.of(7) },
    });
  });

  it("puts nothing in place of an item that is there", async () => {
    const pk = await there({ a: { N: "1" } });
    expect(await refusal(insert(`{'pk': '${pk}'}`))).toBe(
      "DuplicateItemException: Duplicate primary key exists in table",
    );
    expect(await get(pk)).toEqual({ pk: { S: pk }, a: { N: "1" } });
  });

  it.each([
    ["{'a': 1}", "Key attribute should be present in the item: Key pk"],
    ["{'pk': 5}", "Key attribute's data type should match its data type in table's schema: Key pk"],
    [
      "{'pk': ''}",
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ],
    ["{'pk': 'x', '': 1}", "Path component cannot be an empty string"],
    [
      "{'pk': 'x', 's': <<'a', 'a'>>}",
      "One or more parameter values were invalid: Input collection [a, a] contains duplicates.",
    ],
    ["{'pk': 'x'} RETURNING ALL OLD *", "RETURNING is not supported in INSERT"],
    ["{'pk': 'x'} ON CONFLICT WHERE pk = 'x' DO NOTHING", "Unsupported clause: ON CONFLICT"],
  ])("cannot be %s", async (value, message) => {
    expect(await refusal(insert(value))).toBe(validation(message));
  });

  it("says where in the statement a value is wrong", async () => {
    const at = (text: string, value: string, length?: number) =>
      `at ${placeOf(text, `INSERT INTO "${table}" VALUE ${value}`, length)}`;
    const twice = "{'pk': 'x', 'a': 1, 'a': 2}";
    expect(await refusal(insert(twice))).toBe(
      validation(`Duplicate keys in tuple. Key: a under root ${at("'a': 2", twice, 3)}`),
    );
    const call = "{'pk': 'x', 'a': set_add(<<'a'>>, <<'b'>>)}";
    expect(await refusal(insert(call))).toBe(
      validation(`Unsupported data type: set_add under key root ${at("set_add", call)}`),
    );
    const list = "['pk']";
    expect(await refusal(insert(list))).toBe(
      validation(
        "Unsupported format in item expression. Please use struct format {...} to express item values for insert " +
          `statement. ${at("[", list)}`,
      ),
    );
    const nested = "{'pk': 'x', 'a': [?]}";
    expect(await refusal(insert(nested, [{ S: "a" }]))).toBe(
      validation(`Unsupported data type: Parameter under key root.0 ${at("?", nested)}`),
    );
  });

  it("knows tables only", async () => {
    expect(await refusal(sql.run(`INSERT INTO "${table}"."index" VALUE {'pk': 'x'}`))).toBe(
      validation("FROM clause may only contain a single table name in data manipulation statements"),
    );
    expect(await refusal(sql.run("INSERT INTO absent VALUE {'pk': 'x'}"))).toContain("ResourceNotFoundException");
  });

  it("takes the capacity of a put, its indexes' too", async () => {
    const { ConsumedCapacity } = await sql.run(`INSERT INTO "${table}" VALUE {'pk': '${fresh()}', 'g': 'x'}`, {
      ReturnConsumedCapacity: "INDEXES",
    });
    expect(ConsumedCapacity).toEqual({
      TableName: table,
      CapacityUnits: 2,
      Table: { CapacityUnits: 1 },
      GlobalSecondaryIndexes: { index: { CapacityUnits: 1 } },
    });
  });

  it("refuses items of more than 400 KB", async () => {
    const parameters = [{ S: fresh() }, { S: "x".repeat(410_000) }];
    expect(await refusal(insert("{'pk': ?, 'x': ?}", parameters))).toBe(
      validation("Item size has exceeded the maximum allowed size"),
    );
  });
});

describe("UPDATE", () => {
  const update = (changes: string, where: string, Parameters?: AttributeValue[]) =>
    sql.run(`UPDATE "${table}" ${changes} WHERE ${where}`, { ...(Parameters && { Parameters }) });
  /** What becomes of an item. */
  const changed = async (item: Item, changes: string, Parameters?: AttributeValue[]): Promise<Item> => {
    const pk = await there(item);
    await update(changes, `pk = '${pk}'`, Parameters);
    const { pk: _key, ...rest } = (await get(pk)) ?? {};
    return rest;
  };
  const refused = async (changes: string) => refusal(update(changes, `pk = '${await there({ s: { S: "x" } })}'`));

  it.each<[string, Item, Item]>([
    ["SET a = 1", {}, { a: { N: "1" } }],
    ["SET a = 1, b = 'x'", {}, { a: { N: "1" }, b: { S: "x" } }],
    ["SET a = 1 SET b = NULL REMOVE c", { c: { N: "1" } }, { a: { N: "1" }, b: { NULL: true } }],
    ["REMOVE a REMOVE b", { a: { N: "1" }, b: { N: "1" }, c: { N: "1" } }, { c: { N: "1" } }],
    ["SET a = a + 1", { a: { N: "1" } }, { a: { N: "2" } }],
    ["SET a = 10 - b - 1", { b: { N: "2" } }, { a: { N: "7" }, b: { N: "2" } }],
    ["SET a = b, b = a", { a: { N: "1" }, b: { N: "2" } }, { a: { N: "2" }, b: { N: "1" } }],
    ["SET m.x = 1 REMOVE m.y", { m: { M: { y: { N: "1" } } } }, { m: { M: { x: { N: "1" } } } }],
    ["SET l[0] = 'x' REMOVE l[1]", { l: { L: [{ N: "0" }, { N: "1" }] } }, { l: { L: [{ S: "x" }] } }],
    ["SET l = list_append(l, [2])", { l: { L: [{ N: "1" }] } }, { l: { L: [{ N: "1" }, { N: "2" }] } }],
    ["SET a = if_not_exists(a, 5)", {}, { a: { N: "5" } }],
    ["SET s = SET_ADD(s, <<'b'>>)", { s: { SS: ["a"] } }, { s: { SS: ["a", "b"] } }],
    ["SET s = set_add(s, <<1>>)", {}, { s: { NS: ["1"] } }],
    ["SET s = set_delete(s, <<'a', 'z'>>)", { s: { SS: ["a", "b"] } }, { s: { SS: ["b"] } }],
    ["SET s = set_delete(s, <<'a'>>)", { s: { SS: ["a"] } }, {}],
  ])("%s", async (changes, before, after) => {
    expect(await changed(before, changes)).toEqual(after);
  });

  it("takes names that every object has for what they are", async () => {
    const name = await createTable(client, {
      AttributeDefinitions: [{ AttributeName: "constructor", AttributeType: "S" }],
      KeySchema: keys("constructor"),
    });
    expect(await refusal(putAll(client, name, [{ a: { N: "1" } }]))).toBe(
      invalid("Missing the key constructor in the item"),
    );
    await putAll(client, name, [{ constructor: { S: "x" } }]);
    await sql.run(`UPDATE "${name}" SET a = 1 WHERE constructor = 'x'`);
    const { Items } = await client.send(new ScanCommand({ TableName: name }));
    expect(Items).toEqual([{ constructor: { S: "x" }, a: { N: "1" } }]);
    expect(await refused("SET a = constructor(s)")).toContain("Unrecognized function: constructor");
  });

  it("has parameters before and behind WHERE, in the order of the text", async () => {
    const pk = await there({ a: { N: "1" } });
    await update("SET a = ?, s = set_add(s, ?)", "pk = ? AND a = ?", [
      { N: "2" },
      { SS: ["x"] },
      { S: pk },
      { N: "1" },
    ]);
    expect(await get(pk)).toEqual({ pk: { S: pk }, a: { N: "2" }, s: { SS: ["x"] } });
  });

  it("can begin with FROM", async () => {
    const pk = await there({ a: { N: "1" } });
    await sql.run(`FROM "${table}" WHERE pk = '${pk}' SET b = 2 REMOVE a`);
    expect(await get(pk)).toEqual({ pk: { S: pk }, b: { N: "2" } });
    expect(await refusal(sql.run(`FROM "${table}" WHERE pk = 'x' INSERT INTO a VALUE 1`))).toContain(
      "Unsupported FROM ... WHERE ... clause in INSERT statement.",
    );
  });

  it("changes what is there, if its condition holds", async () => {
    const pk = await there({ n: { N: "1" } });
    await update("SET n = 2", `pk = '${pk}' AND (n = 1 OR n = 7) AND attribute_exists(n)`);
    expect(await refusal(update("SET n = 3", `pk = '${pk}' AND n = 1`))).toBe(CONDITION_FAILED);
    expect((await get(pk))?.["n"]).toEqual({ N: "2" });
    const absent = fresh();
    expect(await refusal(update("SET n = 1", `pk = '${absent}'`))).toBe(CONDITION_FAILED);
    expect(await refusal(update("SET n = 1", `pk = '${absent}' AND n IS MISSING`))).toBe(CONDITION_FAILED);
    expect(await get(absent)).toBeUndefined();
  });

  it("shows the item that does not meet its condition, when asked", async () => {
    const pk = await there({ n: { N: "1" } });
    const failed = await sql
      .run(`UPDATE "${table}" SET n = 2 WHERE pk = '${pk}' AND n = 5`, {
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      })
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ConditionalCheckFailedException);
    expect((failed as ConditionalCheckFailedException).Item).toEqual({ pk: { S: pk }, n: { N: "1" } });
  });

  it("returns what RETURNING says", async () => {
    const pk = await there({ a: { N: "1" }, m: { M: { x: { N: "1" }, y: { N: "2" } } } });
    const key = { pk: { S: pk } };
    const y = { N: "2" };
    const returning = async (what: string, changes = "SET a = a + 1, m.x = 5") =>
      (await sql.run(`UPDATE "${table}" ${changes} WHERE pk = '${pk}' RETURNING ${what} *`)).Items;
    expect(await returning("ALL OLD")).toEqual([{ ...key, a: { N: "1" }, m: { M: { x: { N: "1" }, y } } }]);
    expect(await returning("ALL NEW")).toEqual([{ ...key, a: { N: "3" }, m: { M: { x: { N: "5" }, y } } }]);
    expect(await returning("MODIFIED OLD")).toEqual([{ a: { N: "3" }, m: { M: { x: { N: "5" } } } }]);
    expect(await returning("MODIFIED NEW")).toEqual([{ a: { N: "5" }, m: { M: { x: { N: "5" } } } }]);
    expect(await returning("MODIFIED NEW", "REMOVE a")).toEqual([]);
  });

  it("names one item by its whole key", async () => {
    const pk = await there();
    for (const where of [
      "a = 1",
      `pk > '${pk}'`,
      `pk IN ['${pk}']`,
      `pk = '${pk}' OR pk = 'x'`,
      `NOT pk = '${pk}'`,
      `pk BETWEEN '${pk}' AND '${pk}'`,
    ]) {
      expect(await refusal(update("SET a = 1", where))).toBe(INCOMPLETE);
    }
    expect(await refusal(sql.run(`UPDATE "${table}" SET a = 1`))).toBe(INCOMPLETE);
    expect(await refusal(sql.run(`UPDATE "${sorted}" SET a = 1 WHERE pk = 'a' AND sk > 'b'`))).toBe(INCOMPLETE);
    expect(await refusal(update("SET a = 1", `pk = '${pk}' AND pk = 'x'`))).toBe(
      validation("Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported"),
    );
    expect(await refusal(update("SET a = 1", "pk = 5"))).toBe(
      validation("Key attribute's data type should match its data type in table's schema: Key pk"),
    );
    expect(await refusal(update("SET a = 1", `pk = '${pk}' AND pk.x = 1`))).toBe(
      validation("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key pk"),
    );
    await update("SET a = 1", `'${pk}' = pk`);
    expect(await get(pk)).toEqual({ pk: { S: pk }, a: { N: "1" } });
  });

  it.each([
    ["SET pk = 'x'", invalid("Cannot update attribute pk. This attribute is part of the key")],
    ["SET g = 5", invalid("Type mismatch for Index Key g Expected: S Actual: N IndexName: index")],
    ["SET a = absent", validation("The provided expression refers to an attribute that does not exist in the item")],
    ["SET m.x.y = 1", validation("The document path provided in the update expression is invalid for update")],
    ["SET s = s + 1", validation("An operand in the update expression has an incorrect data type")],
    [
      "SET a = 'x' + 1",
      validation("Incorrect operand type for operator or function; operator or function: +, operand type: S"),
    ],
    ["SET a = 2 * 2", validation("Unsupported operator in Update Expression. Operator: *")],
    ["SET a = size(s)", validation("The function is not allowed in an update expression; function: size")],
    ["SET a = MISSING", validation("MISSING must be compared using IS operator")],
    ["REMOVE a, b", notWellFormed("Unexpected token after expression")],
    ["ADD a 1", notWellFormed("Expected data manipulation")],
    ["SET s = set_add(s, <<'x'>>)", validation("An operand in the update expression has an incorrect data type")],
  ])("%s is refused", async (changes, message) => {
    expect(await refused(changes)).toBe(message);
  });

  it("says where SET_ADD and SET_DELETE are wrong", async () => {
    const wrong = async (change: string, problem: string, text: string, length?: number) => {
      const statement = `UPDATE "${table}" SET ${change} WHERE pk = 'x'`;
      expect(await refusal(sql.run(statement))).toBe(validation(`${problem} at ${placeOf(text, statement, length)}`));
    };
    await wrong("t = set_add(s, <<'x'>>)", "The first argument to SET_ADD must equal the assignment value", "set_add");
    await wrong(
      "s = set_delete(s, 'y')",
      "The second argument to SET_DELETE must be a value with type SET",
      "s, 'y'",
      1,
    );
    await wrong("s = set_add(s)", "SET_ADD must have exactly two arguments", "set_add");
  });

  it("knows tables only, and no other names for them", async () => {
    expect(await refusal(sql.run(`UPDATE "${table}"."index" SET a = 1 WHERE pk = 'x'`))).toBe(
      validation("This operation is not supported on an index"),
    );
    expect(await refusal(sql.run(`UPDATE "${table}" t SET a = 1 WHERE pk = 'x'`))).toBe(
      validation("Aliasing is not supported"),
    );
  });
});

describe("DELETE", () => {
  const remove = (rest: string) => sql.run(`DELETE FROM "${table}" WHERE ${rest}`);

  it("deletes an item and returns it, and nothing where there is none", async () => {
    const pk = await there({ a: { N: "1" } });
    expect((await remove(`pk = '${pk}' AND a = 1 RETURNING ALL OLD *`)).Items).toEqual([
      { pk: { S: pk }, a: { N: "1" } },
    ]);
    expect(await get(pk)).toBeUndefined();
    expect((await remove(`pk = '${pk}' RETURNING ALL OLD *`)).Items).toEqual([]);
    expect((await remove(`pk = '${pk}' AND a = 1`)).Items).toEqual([]);
  });

  it("leaves an item that does not meet its condition", async () => {
    const pk = await there({ a: { N: "1" } });
    expect(await refusal(remove(`pk = '${pk}' AND a = 2`))).toBe(CONDITION_FAILED);
    expect(await get(pk)).toBeDefined();
  });

  it("names one item by its whole key", async () => {
    expect(await refusal(sql.run(`DELETE FROM "${table}"`))).toBe(INCOMPLETE);
    expect(await refusal(sql.run(`DELETE FROM "${sorted}" WHERE pk = 'a'`))).toBe(INCOMPLETE);
    expect(await refusal(sql.run(`DELETE FROM "${table}"."index" WHERE pk = 'a'`))).toBe(
      validation("This operation is not supported on an index"),
    );
  });

  it.each(["MODIFIED OLD", "ALL NEW", "MODIFIED NEW"])("cannot return %s *", async (what) => {
    expect(await refusal(remove(`pk = 'x' RETURNING ${what} *`))).toBe(
      validation(
        `Invalid returning clause: RETURNING ${what} *. Only RETURNING ALL OLD * is allowed in DELETE statements.`,
      ),
    );
  });
});

describe("the stream of a table", () => {
  it("has the writes of statements as it has those of items", async () => {
    const name = await createTable(client, {
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    await sql.run(`INSERT INTO "${name}" VALUE {'pk': 'a', 'n': 1}`);
    await sql.run(`UPDATE "${name}" SET n = 2 WHERE pk = 'a'`);
    await sql.run(`DELETE FROM "${name}" WHERE pk = 'a'`);
    const records = await allRecords(streams, await latestStream(client, name));
    const events = records.map(
      ({ eventName, dynamodb }) =>
        `${eventName} ${dynamodb?.OldImage?.["n"]?.N ?? "-"} ${dynamodb?.NewImage?.["n"]?.N ?? "-"}`,
    );
    expect(events).toEqual(["INSERT - 1", "MODIFY 1 2", "REMOVE 2 -"]);
  });
});
