import { PartiQl, statementsOn, useItems } from "./partiql-support.ts";
import { refusal, useDynamoDb, validation } from "./support.ts";

const { client } = useDynamoDb();
const sql = new PartiQl(client);
const { table, fresh, there, get } = useItems(client);

const { select, insert, set } = statementsOn(table);
const LENGTH = "failed to satisfy constraint: Member must have length";
const FAILED = { Code: "ConditionalCheckFailed", Message: "The conditional request failed" };

describe("BatchExecuteStatement", () => {
  it("reads items by their keys, each in its place", async () => {
    const [one, other, third] = [await there({ n: { N: "1" } }), await there(), await there({ n: { N: "3" } })];
    const { Responses } = await sql.batch([
      select(one),
      select("absent"),
      { Statement: `SELECT n FROM "${table}" WHERE pk = ?`, Parameters: [{ S: third }] },
      select(other),
    ]);
    expect(Responses).toEqual([
      { TableName: table, Item: { pk: { S: one }, n: { N: "1" } } },
      { TableName: table },
      { TableName: table, Item: { n: { N: "3" } } },
      { TableName: table, Item: { pk: { S: other } } },
    ]);
  });

  it("takes of a table what its statements take by themselves", async () => {
    const [one, other] = [await there(), await there()];
    const { ConsumedCapacity } = await sql.batch([select(one), { Statement: select(other), ConsistentRead: true }], {
      ReturnConsumedCapacity: "TOTAL",
    });
    expect(ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 1.5 }]);
  });

  it("refuses one item twice, unless a statement of it does nothing", async () => {
    const pk = await there();
    const twice = validation("Provided list of item keys contains duplicates");
    expect(await refusal(sql.batch([set(pk, 1), set(pk, 2)]))).toBe(twice);
    expect(await refusal(sql.batch([select(pk), select(pk)]))).toBe(twice);
    expect((await get(pk))?.["n"]).toBeUndefined();
    const { Responses } = await sql.batch([set(pk, 1), `UPDATE "${table}" SET pk = 'x' WHERE pk = '${pk}'`]);
    expect(Responses?.map(({ Error }) => Error?.Code)).toEqual([undefined, "ValidationError"]);
  });

  it("writes, each statement for itself, and says in its place what is wrong with one", async () => {
    const [made1, there1, there2, there3] = [fresh(), await there(), await there({ n: { N: "5" } }), await there()];
    const [there4, there5] = [await there(), await there()];
    const { Responses } = await sql.batch([
      insert(made1),
      insert(there1),
      set("absent", 1),
      { Statement: set(there2, 1, " AND n = 7"), ReturnValuesOnConditionCheckFailure: "ALL_OLD" },
      `DELETE FROM "${table}" WHERE pk = '${there3}' RETURNING ALL OLD *`,
      `UPDATE "${table}" SET n = 6 WHERE pk = '${there4}' RETURNING MODIFIED NEW *`,
      `UPDATE "${table}" REMOVE n WHERE pk = '${there5}' RETURNING MODIFIED NEW *`,
      `UPDATE "absent" SET n = 1 WHERE pk = 'a'`,
      `UPDATE "${table}" SET n = 1 WHERE n = 1`,
      `DELETE FROM "${table}" WHERE pk = 'a' RETURNING ALL NEW *`,
      "UPDAT",
    ]);
    expect(Responses).toEqual([
      { TableName: table },
      { TableName: table, Error: { Code: "DuplicateItem", Message: "Duplicate primary key exists in table" } },
      { TableName: table, Error: FAILED },
      { TableName: table, Error: { ...FAILED, Item: { pk: { S: there2 }, n: { N: "5" } } } },
      { TableName: table, Item: { pk: { S: there3 } } },
      { TableName: table, Item: { n: { N: "6" } } },
      { TableName: table },
      { Error: { Code: "ResourceNotFound", Message: "Requested resource not found" } },
      {
        Error: {
          Code: "ValidationError",
          Message: "Where clause does not contain a mandatory equality on all key attributes",
        },
      },
      {
        Error: {
          Code: "ValidationError",
          Message:
            "Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
        },
      },
      { Error: { Code: "ValidationError", Message: "Unsupported operation: VariableReference" } },
    ]);
    expect(await get(made1)).toBeDefined();
    expect(await get(there3)).toBeUndefined();
  });

  it("reads nothing but items by their keys", async () => {
    const { Responses } = await sql.batch([
      select("a", " AND n = 1"),
      `SELECT * FROM "${table}" WHERE n = 1`,
      `SELECT * FROM "${table}" WHERE pk IN ['a', 'b']`,
      `SELECT * FROM "${table}"."index" WHERE pk = 'a'`,
    ]);
    const Message = "Select statements within BatchExecuteStatement must specify the primary key in the where clause.";
    expect(Responses).toEqual(Array.from({ length: 4 }, () => ({ Error: { Code: "ValidationError", Message } })));
  });

  it("takes 1 to 25 statements that either read or write", async () => {
    expect(await refusal(sql.batch([]))).toContain(`'statements' ${LENGTH} greater than or equal to 1`);
    expect(await refusal(sql.batch(Array.from({ length: 26 }, () => select("a"))))).toContain(
      `${LENGTH} less than or equal to 25`,
    );
    expect(await refusal(sql.batch([select("a"), insert("never")]))).toBe(
      validation("Read and write requests together in the same batch is not supported."),
    );
    expect(await get("never")).toBeUndefined();
  });
});
