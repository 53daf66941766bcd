import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { useClient } from "../target.ts";
import { PartiQl } from "./partiql-support.ts";
import { createTable, refusal, useDynamoDb } from "./support.ts";

const { target, client } = useDynamoDb({ manualClock: true, dynamodbLimits: "on" });
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));
const sql = new PartiQl(client);
const EXCEEDED = "ProvisionedThroughputExceededException: The level of configured provisioned throughput for the table";

/** A table of one unit a second, whose first one has gone by. */
async function provisioned(): Promise<string> {
  const name = await createTable(client, { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } });
  await target.clock.advance(1_000);
  return name;
}

/** How often a call is answered before it is refused. */
async function served(call: () => Promise<unknown>): Promise<number> {
  for (let calls = 0; calls < 100; calls++) {
    const error = await call().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    if (error === undefined) continue;
    expect(`${error.name}: ${error.message}`).toContain(EXCEEDED);
    return calls;
  }
  throw new Error("the call is always answered");
}

describe("the throughput of a table", () => {
  it("is taken by reads of statements, for each partition that they read", async () => {
    const table = await provisioned();
    // two units have come in; each half unit is a partition
    expect(await served(() => sql.run(`SELECT * FROM "${table}" WHERE pk IN ['a', 'b']`))).toBe(2);
    expect(await refusal(sql.run(`SELECT * FROM "${table}"`))).toContain(EXCEEDED);
    await target.clock.advance(1_000);
    expect(await served(() => sql.run(`SELECT * FROM "${table}" WHERE pk = 'a'`, { ConsistentRead: true }))).toBe(1);
  });

  it("is taken by writes of statements", async () => {
    const table = await provisioned();
    let count = 0;
    expect(await served(() => sql.run(`INSERT INTO "${table}" VALUE {'pk': 'item-${++count}'}`))).toBe(2);
  });

  it("throttles statements of a batch in their place, and cancels transactions", async () => {
    const table = await provisioned();
    const read = (pk: string) => ({ Statement: `SELECT * FROM "${table}" WHERE pk = '${pk}'`, ConsistentRead: true });
    const { Responses } = await sql.batch([read("a"), read("b"), read("c")]);
    expect(Responses?.map(({ Error }) => Error?.Code)).toEqual([undefined, undefined, "ProvisionedThroughputExceeded"]);
    const cancelled = await sql.transact([read("a").Statement]).catch((error: unknown) => error);
    expect(cancelled).toBeInstanceOf(TransactionCanceledException);
    expect((cancelled as TransactionCanceledException).CancellationReasons?.map(({ Code }) => Code)).toEqual([
      "ProvisionedThroughputExceeded",
    ]);
  });
});

describe("CloudWatch", () => {
  it("counts what statements take and answer, and their failed conditions", async () => {
    const table = await createTable(client);
    await target.clock.advance(1_000);
    await sql.run(`INSERT INTO "${table}" VALUE {'pk': 'a'}`);
    await sql.run(`SELECT * FROM "${table}" WHERE pk = 'a'`);
    await sql.batch([`SELECT * FROM "${table}" WHERE pk = 'a'`]);
    await sql.transact([`UPDATE "${table}" SET a = 1 WHERE pk = 'a'`]);
    await refusal(sql.run(`UPDATE "${table}" SET a = 1 WHERE pk = 'absent'`));
    const since = target.clock.now() - 120_000;
    await target.clock.advance(120_000);
    const of = async (MetricName: string, Operation?: string, statistic: "Sum" | "SampleCount" = "Sum") => {
      const { Datapoints } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/DynamoDB",
          MetricName,
          Dimensions: [
            { Name: "TableName", Value: table },
            ...(Operation === undefined ? [] : [{ Name: "Operation", Value: Operation }]),
          ],
          StartTime: new Date(since),
          EndTime: new Date(target.clock.now()),
          Period: 3_600,
          Statistics: [statistic],
        }),
      );
      return Datapoints?.[0]?.[statistic];
    };
    expect({
      written: await of("ConsumedWriteCapacityUnits"),
      read: await of("ConsumedReadCapacityUnits"),
      returned: await of("ReturnedItemCount", "ExecuteStatement"),
      statements: await of("SuccessfulRequestLatency", "ExecuteStatement", "SampleCount"),
      batches: await of("SuccessfulRequestLatency", "BatchExecuteStatement", "SampleCount"),
      transactions: await of("SuccessfulRequestLatency", "ExecuteTransaction", "SampleCount"),
      conditions: await of("ConditionalCheckFailedRequests"),
    }).toEqual({ written: 3, read: 1, returned: 1, statements: 2, batches: 1, transactions: 1, conditions: 1 });
  });
});
