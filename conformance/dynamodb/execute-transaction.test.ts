import { PartiQl, statementsOn, useItems } from "./partiql-support.ts";
import { cancellation, refusal, useDynamoDb, validation } from "./support.ts";

const { target, client } = useDynamoDb({ manualClock: true });
const sql = new PartiQl(client);
const { table, fresh, there, get } = useItems(client, target);

const { select, insert, set } = statementsOn(table);
const LENGTH = "failed to satisfy constraint: Member must have length";
const FAILED = { Code: "ConditionalCheckFailed", Message: "The conditional request failed" };

const reasons = async (call: Promise<unknown>) => (await cancellation(call)).reasons;
const inPlace = (i: number, message: string) => validation(`Validation failed in TransactStatements[${i}]: ${message}`);

describe("ExecuteTransaction", () => {
  it("reads items by their keys as they are at one moment", async () => {
    const pk = await there({ n: { N: "1" } });
    const answer = await sql.transact([`SELECT n FROM "${table}" WHERE pk = '${pk}'`, select("absent")], {
      ReturnConsumedCapacity: "TOTAL",
    });
    expect(answer.Responses).toEqual([{ Item: { n: { N: "1" } } }, {}]);
    expect(answer.ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 4, ReadCapacityUnits: 4 }]);
  });

  it("does all of its writes", async () => {
    const [made1, changed, gone] = [fresh(), await there(), await there()];
    const answer = await sql.transact(
      [
        insert(made1),
        { Statement: `UPDATE "${table}" SET n = ? WHERE pk = ?`, Parameters: [{ N: "3" }, { S: changed }] },
        `DELETE FROM "${table}" WHERE pk = '${gone}'`,
      ],
      { ReturnConsumedCapacity: "TOTAL" },
    );
    expect(answer.Responses).toEqual([]);
    expect(answer.ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 6, WriteCapacityUnits: 6 }]);
    expect(await get(made1)).toBeDefined();
    expect((await get(changed))?.["n"]).toEqual({ N: "3" });
    expect(await get(gone)).toBeUndefined();
  });

  it("does none of them when one cannot be done, and says which in their order", async () => {
    const [made1, there1, there2] = [fresh(), await there(), await there({ n: { N: "5" } })];
    const call = sql.transact([
      insert(made1),
      insert(there1),
      set("absent", 1),
      { Statement: set(there2, 1, " AND n = 7"), ReturnValuesOnConditionCheckFailure: "ALL_OLD" },
      `DELETE FROM "${table}" WHERE pk = 'never'`,
    ]);
    expect(await reasons(call)).toEqual([
      { Code: "None" },
      { Code: "DuplicateItem", Message: "Duplicate primary key exists in table" },
      FAILED,
      { ...FAILED, Item: { pk: { S: there2 }, n: { N: "5" } } },
      { Code: "None" },
    ]);
    expect(await get(made1)).toBeUndefined();
  });

  it("tells the first statement that does not fit its table, before any condition", async () => {
    const change = `UPDATE "${table}" SET pk = 'x' WHERE pk = 'other'`;
    const misfit = `UPDATE "${table}" SET n = 1 WHERE pk = 5`;
    const none = { Code: "None" };
    expect(await reasons(sql.transact([set("absent", 1), change, misfit]))).toEqual([
      none,
      {
        Code: "ValidationError",
        Message:
          "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key",
      },
      none,
    ]);
    expect(await reasons(sql.transact([misfit, change]))).toEqual([
      {
        Code: "ValidationError",
        Message: "Key attribute's data type should match its data type in table's schema: Key pk",
      },
      none,
    ]);
  });

  it("depends on items that it does not write, by EXISTS", async () => {
    const [checked, made1, made2] = [await there({ n: { N: "5" } }), fresh(), fresh()];
    const exists = (rest: string) => `EXISTS(SELECT * FROM "${table}" WHERE pk = '${checked}'${rest})`;
    await sql.transact([exists(" AND n > 4"), insert(made1)]);
    expect(await get(made1)).toBeDefined();
    expect(await reasons(sql.transact([exists(" AND n > 5"), insert(made2)]))).toEqual([FAILED, { Code: "None" }]);
    await sql.transact([exists(" AND other IS MISSING"), insert(made2)]);
    expect(await refusal(sql.transact([insert(fresh()), exists("")]))).toBe(
      inPlace(1, "EXISTS() must contain a single item read with additional condition"),
    );
    expect(await refusal(sql.transact([`EXISTS(SELECT * FROM "${table}"."index" WHERE pk = 'a' AND n = 1)`]))).toBe(
      inPlace(0, "Operations on indices are not supported in transactions"),
    );
  });

  it("is done once with the same token, for ten minutes", async () => {
    const pk = await there({ n: { N: "0" } });
    const again = (ClientRequestToken = "partiql") =>
      sql.transact([`UPDATE "${table}" SET n = n + 1 WHERE pk = '${pk}'`], {
        ClientRequestToken,
        ReturnConsumedCapacity: "TOTAL",
      });
    expect((await again()).ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 2, WriteCapacityUnits: 2 }]);
    expect((await again()).ConsumedCapacity).toEqual([{ TableName: table, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
    expect((await get(pk))?.["n"]).toEqual({ N: "1" });
    expect(await refusal(sql.transact([insert(fresh())], { ClientRequestToken: "partiql" }))).toContain(
      "IdempotentParameterMismatchException",
    );
    await target.clock.advance(10 * 60 * 1000);
    await again();
    expect((await get(pk))?.["n"]).toEqual({ N: "2" });
  });

  it("takes 1 to 100 statements that either read or write, each of another item", async () => {
    expect(await refusal(sql.transact([]))).toContain(`'transactStatements' ${LENGTH} greater than or equal to 1`);
    expect(await refusal(sql.transact(Array.from({ length: 101 }, () => select("a"))))).toContain(
      `${LENGTH} less than or equal to 100`,
    );
    for (const mixed of [
      [select("a"), insert("never")],
      [insert("never"), select("a")],
    ]) {
      expect(await refusal(sql.transact(mixed))).toBe(
        validation("ExecuteTransaction API does not support both read and write operations in the same request."),
      );
    }
    for (const twice of [
      [select("a"), select("a")],
      [insert("never"), set("never", 1)],
    ]) {
      expect(await refusal(sql.transact(twice))).toBe(
        validation("Transaction request cannot include multiple operations on one item"),
      );
    }
  });

  it("refuses what no statement of a transaction may have", async () => {
    const key = "Select statements within ExecuteTransaction must specify the primary key in the where clause.";
    expect(await refusal(sql.transact([select("b"), select("a", " AND n = 1")]))).toBe(inPlace(1, key));
    expect(await refusal(sql.transact([`SELECT * FROM "${table}"`]))).toBe(inPlace(0, key));
    expect(await refusal(sql.transact([`SELECT * FROM "${table}"."index" WHERE g = 'a'`]))).toBe(
      inPlace(0, "Reads on indices are not supported within transactions."),
    );
    expect(await refusal(sql.transact([set("a", 1, " RETURNING ALL NEW *")]))).toBe(
      inPlace(0, "RETURNING clause is not supported in ExecuteTransaction."),
    );
    expect(await refusal(sql.transact([`SELECT * FROM "${table}" WHERE pk = ?`]))).toBe(
      inPlace(0, "Number of parameters in request and statement don't match."),
    );
    expect(await refusal(sql.transact(["SLECT * FROM abc"]))).toBe(
      validation("Statement wasn't well formed, can't be processed: Expected data manipulation"),
    );
    expect(await refusal(sql.transact([`SELECT * FROM "absent" WHERE pk = 'a'`]))).toContain(
      "ResourceNotFoundException",
    );
  });
});
