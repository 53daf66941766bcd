/** Proves ListTables, and what else is asked of an account: DescribeLimits and DescribeEndpoints. */
import { DescribeEndpointsCommand, DescribeLimitsCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { createTable, refusal, uniqueName, useDynamoDb, validation } from "./support.ts";

const { target, client } = useDynamoDb();

describe("ListTables", () => {
  it("lists names in order, by pages", async () => {
    const prefix = uniqueName("list");
    for (const end of ["c", "a", "b"]) await createTable(client, { TableName: `${prefix}-${end}` });
    const first = await client.send(new ListTablesCommand({ ExclusiveStartTableName: prefix, Limit: 2 }));
    expect(first).toMatchObject({
      TableNames: [`${prefix}-a`, `${prefix}-b`],
      LastEvaluatedTableName: `${prefix}-b`,
    });
    const second = await client.send(
      new ListTablesCommand({ ExclusiveStartTableName: first.LastEvaluatedTableName, Limit: 100 }),
    );
    expect(second.TableNames?.[0]).toBe(`${prefix}-c`);
    expect(second.LastEvaluatedTableName).toBeUndefined();
  });

  it("takes at most 100", async () => {
    expect(await refusal(client.send(new ListTablesCommand({ Limit: 101 })))).toBe(
      validation(
        "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100",
      ),
    );
  });
});

describe("DescribeLimits", () => {
  it("answers what an account and a table may have", async () => {
    expect(await client.send(new DescribeLimitsCommand({}))).toEqual({
      $metadata: expect.anything(),
      AccountMaxReadCapacityUnits: 80_000,
      AccountMaxWriteCapacityUnits: 80_000,
      TableMaxReadCapacityUnits: 40_000,
      TableMaxWriteCapacityUnits: 40_000,
    });
  });
});

describe("DescribeEndpoints", () => {
  it("answers the endpoint that was called", async () => {
    const { Endpoints } = await client.send(new DescribeEndpointsCommand({}));
    expect(Endpoints).toEqual([{ Address: new URL(target.endpoint).host, CachePeriodInMinutes: 1440 }]);
  });
});
