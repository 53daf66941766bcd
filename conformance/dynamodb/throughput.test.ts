import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  ThrottlingException,
  TransactWriteItemsCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { useClient, useTarget } from "../target.ts";
import { PartiQl } from "./partiql-support.ts";
import {
  attributes,
  cancellation,
  createSorted,
  createTable,
  globalIndex,
  keys,
  refusal,
  useDynamoDb,
} from "./support.ts";

const { target, client } = useDynamoDb({ manualClock: true, dynamodbLimits: "on" });
const sql = new PartiQl(client);
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));

const units = (ReadCapacityUnits: number, WriteCapacityUnits: number) => ({ ReadCapacityUnits, WriteCapacityUnits });
const SECOND_MS = 1_000;
const TABLE_EXCEEDED =
  "ProvisionedThroughputExceededException: The level of configured provisioned throughput for the table was exceeded. " +
  "Consider increasing your provisioning level with the UpdateTable API.";

let count = 0;
const put = (TableName: string, more: object = {}) =>
  client.send(new PutItemCommand({ TableName, Item: { pk: { S: `item-${++count}` }, ...more } }));
const get = (TableName: string, pk = "absent") =>
  client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } }));

/** How often `call` is answered until it is throttled. */
async function served(call: () => Promise<unknown>, most = 2_000): Promise<number> {
  for (let calls = 0; calls < most; calls++) {
    try {
      await call();
    } catch (error) {
      if (error instanceof ProvisionedThroughputExceededException || error instanceof ThrottlingException) return calls;
      throw error;
    }
  }
  return most;
}

async function thrown(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("the call was not refused");
}

/** A table that has been there for a second, so that nothing of a burst is saved beyond that. */
async function provisioned(read: number, write: number, definition: object = {}): Promise<string> {
  const name = await createTable(client, { ProvisionedThroughput: units(read, write), ...definition });
  await target.clock.advance(SECOND_MS);
  return name;
}

describe("a provisioned table", () => {
  it("takes what flows in, and what was saved up", async () => {
    const name = await provisioned(1, 2);
    // those of the first second, and those of the second that went by
    expect(await served(() => put(name))).toBe(4);
    await target.clock.advance(3 * SECOND_MS);
    expect(await served(() => put(name))).toBe(6);
  });

  it("saves up 300 seconds of what nobody takes, and no more", async () => {
    const name = await provisioned(1, 1);
    await target.clock.advance(3_600 * SECOND_MS);
    const ofTenUnits = { text: { S: "x".repeat(10_000) } };
    expect(await served(() => put(name, ofTenUnits))).toBe(30);
  });

  it("says of what is refused why, and whose capacity is used up", async () => {
    const name = await provisioned(1, 1);
    await served(() => put(name));
    expect(await refusal(put(name))).toBe(TABLE_EXCEEDED);
    const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;
    expect(await thrown(put(name))).toMatchObject({
      ThrottlingReasons: [{ reason: "TableWriteProvisionedThroughputExceeded", resource: arn }],
    });
  });

  it("leaves reads alone that have capacity of their own, half a unit for those that may be behind", async () => {
    const name = await provisioned(2, 1);
    await served(() => put(name));
    expect(await served(() => get(name))).toBe(8);
    expect(await refusal(get(name))).toBe(TABLE_EXCEEDED);
  });

  it("counts a Scan by the pages that it reads, and is in debt after a large one", async () => {
    const name = await provisioned(1, 100);
    const items = Array.from({ length: 10 }, () => put(name, { text: { S: "x".repeat(8_000) } }));
    await Promise.all(items);
    // 80 KB, eventually consistent: 10 units
    await client.send(new ScanCommand({ TableName: name }));
    expect(await served(() => get(name))).toBe(0);
    await target.clock.advance(7 * SECOND_MS);
    expect(await served(() => get(name))).toBe(0);
    await target.clock.advance(3 * SECOND_MS);
    expect(await served(() => get(name))).toBeGreaterThan(0);
  });

  it("takes more as soon as it is given more", async () => {
    const name = await provisioned(1, 1);
    await served(() => put(name));
    await client.send(new UpdateTableCommand({ TableName: name, ProvisionedThroughput: units(1, 10) }));
    await target.clock.advance(SECOND_MS);
    expect(await served(() => put(name))).toBe(10);
  });

  it("has nothing written of what is refused", async () => {
    const name = await provisioned(100, 1);
    await served(() => put(name));
    await refusal(client.send(new PutItemCommand({ TableName: name, Item: { pk: { S: "late" } } })));
    const { Item } = await get(name, "late");
    expect(Item).toBeUndefined();
  });
});

describe("a global index", () => {
  const indexed = (write: number) =>
    provisioned(100, 100, {
      AttributeDefinitions: attributes({ pk: "S", g: "S" }),
      GlobalSecondaryIndexes: [{ ...globalIndex("index", "g"), ProvisionedThroughput: units(1, write) }],
    });

  it("throttles the writes of its table that it has no capacity for, and no others", async () => {
    const name = await indexed(2);
    expect(await served(() => put(name, { g: { S: "a" } }))).toBe(4);
    const refused = await thrown(put(name, { g: { S: "a" } }));
    expect(refused).toMatchObject({
      message:
        "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. " +
        "Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API",
      ThrottlingReasons: [
        {
          reason: "IndexWriteProvisionedThroughputExceeded",
          resource: `arn:aws:dynamodb:us-east-1:000000000000:table/${name}/index/index`,
        },
      ],
    });
    await put(name);
  });

  it("is read with capacity of its own", async () => {
    const name = await indexed(10);
    const query = () =>
      client.send(
        new QueryCommand({
          TableName: name,
          IndexName: "index",
          KeyConditionExpression: "g = :g",
          ExpressionAttributeValues: { ":g": { S: "a" } },
        }),
      );
    expect(await served(query)).toBe(4);
    await get(name);
  });
});

describe("a local index", () => {
  it("is written with the capacity of its table", async () => {
    const name = await createSorted(client, {
      ProvisionedThroughput: units(1, 4),
      AttributeDefinitions: attributes({ pk: "S", sk: "S", l: "S" }),
      LocalSecondaryIndexes: [
        { IndexName: "local", KeySchema: keys("pk", "l"), Projection: { ProjectionType: "ALL" } },
      ],
    });
    await target.clock.advance(SECOND_MS);
    expect(await served(() => put(name, { sk: { S: "s" }, l: { S: "l" } }))).toBe(4);
  });
});

describe("a batch", () => {
  it("gives back what there is no capacity for", async () => {
    const name = await provisioned(2, 5);
    const Items = Array.from({ length: 25 }, (_, i) => ({ PutRequest: { Item: { pk: { S: `${i}` } } } }));
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: Items } }));
    expect(UnprocessedItems).toEqual({ [name]: Items.slice(10) });
    const Keys = Array.from({ length: 10 }, (_, i) => ({ pk: { S: `${i}` } }));
    const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys } } }));
    expect(answer.Responses?.[name]).toHaveLength(8);
    expect(answer.UnprocessedKeys).toEqual({ [name]: { Keys: Keys.slice(8) } });
  });

  it("is refused where there is none for any part of it", async () => {
    const name = await provisioned(1, 1);
    await served(() => put(name));
    await served(() => get(name));
    const Item = { pk: { S: "a" } };
    expect(
      await refusal(client.send(new BatchWriteItemCommand({ RequestItems: { [name]: [{ PutRequest: { Item } }] } }))),
    ).toBe(TABLE_EXCEEDED);
    expect(await refusal(client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys: [Item] } } })))).toBe(
      TABLE_EXCEEDED,
    );
  });
});

describe("a transaction", () => {
  it("is cancelled with the reason of each action that there is no capacity for", async () => {
    const [poor, rich] = [await provisioned(1, 1), await provisioned(1, 100)];
    const Item = { pk: { S: "a" } };
    const send = () =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: rich, Item } }, { Put: { TableName: poor, Item } }],
        }),
      );
    await send();
    await served(() => put(poor));
    expect((await cancellation(send())).reasons).toEqual([
      { Code: "None" },
      { Code: "ProvisionedThroughputExceeded", Message: TABLE_EXCEEDED.slice(TABLE_EXCEEDED.indexOf(": ") + 2) },
    ]);
  });
});

describe("statements of PartiQL", () => {
  it("take throughput for each partition that they read", async () => {
    const table = await provisioned(1, 1);
    // two units have come in; each half unit is a partition
    expect(await served(() => sql.run(`SELECT * FROM "${table}" WHERE pk IN ['a', 'b']`))).toBe(2);
    expect(await refusal(sql.run(`SELECT * FROM "${table}"`))).toBe(TABLE_EXCEEDED);
    await target.clock.advance(SECOND_MS);
    expect(await served(() => sql.run(`SELECT * FROM "${table}" WHERE pk = 'a'`, { ConsistentRead: true }))).toBe(1);
  });

  it("take throughput for what they write", async () => {
    const table = await provisioned(1, 1);
    let made = 0;
    expect(await served(() => sql.run(`INSERT INTO "${table}" VALUE {'pk': 'item-${++made}'}`))).toBe(2);
  });

  it("are throttled in their place in a batch, and cancelled in a transaction", async () => {
    const table = await provisioned(1, 1);
    const read = (pk: string) => ({ Statement: `SELECT * FROM "${table}" WHERE pk = '${pk}'`, ConsistentRead: true });
    const { Responses } = await sql.batch([read("a"), read("b"), read("c")]);
    expect(Responses?.map(({ Error }) => Error?.Code)).toEqual([undefined, undefined, "ProvisionedThroughputExceeded"]);
    const { reasons } = await cancellation(sql.transact([read("a").Statement]));
    expect(reasons?.map(({ Code }) => Code)).toEqual(["ProvisionedThroughputExceeded"]);
  });
});

describe("an on-demand table", () => {
  const onDemand = async (): Promise<string> => {
    const name = await createSorted(client);
    await target.clock.advance(SECOND_MS);
    return name;
  };
  const UNITS_OF_AN_ITEM = 20;
  const text = { S: "x".repeat(20_000) };

  /** Puts batches of items of 20 units until something of one is left; by how many units. */
  async function written(TableName: string, partition?: string): Promise<number> {
    for (let done = 0; done < 1_000; done += 25) {
      const requests = Array.from({ length: 25 }, (_, i) => ({
        PutRequest: { Item: { pk: { S: partition ?? `${done + i}` }, sk: { S: `${done + i}` }, text } },
      }));
      const call = client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
      const answer = await call.catch((error: unknown) => {
        if (error instanceof ThrottlingException) return { UnprocessedItems: { [TableName]: requests } };
        throw error;
      });
      const left = answer.UnprocessedItems?.[TableName]?.length ?? 0;
      if (left > 0) return (done + 25 - left) * UNITS_OF_AN_ITEM;
    }
    throw new Error("nothing was left of any batch");
  }

  it("takes 4,000 write units a second at first, and 1,000 of them in one partition", async () => {
    const name = await onDemand();
    expect(await written(name, "hot")).toBe(1_000);
    await target.clock.advance(SECOND_MS);
    expect(await written(name)).toBe(4_000);
  });

  it("takes 1,000 write units a second in one partition of an index, by all attributes of its key", async () => {
    const name = await createTable(client, {
      AttributeDefinitions: attributes({ pk: "S", a: "S", b: "S" }),
      GlobalSecondaryIndexes: [globalIndex("index", ["a", "b"])],
    });
    await target.clock.advance(SECOND_MS);
    const inPartition = (b: string) => put(name, { a: { S: "hot" }, b: { S: b }, text: { S: "x".repeat(100_000) } });
    expect(await served(() => inPartition("one"))).toBe(10);
    expect(await thrown(inPartition("one"))).toMatchObject({
      throttlingReasons: [{ reason: "IndexWriteKeyRangeThroughputExceeded" }],
    });
    expect(await served(() => inPartition("two"))).toBe(10);
  });

  it("takes no more than the most that it is set to, nor does an index of its", async () => {
    const most = (MaxReadRequestUnits: number, MaxWriteRequestUnits: number) => ({
      OnDemandThroughput: { MaxReadRequestUnits, MaxWriteRequestUnits },
    });
    const name = await createTable(client, {
      AttributeDefinitions: attributes({ pk: "S", g: "S" }),
      GlobalSecondaryIndexes: [{ ...globalIndex("index", "g"), ...most(100, 2) }],
      ...most(3, 5),
    });
    await target.clock.advance(SECOND_MS);
    expect(await served(() => get(name))).toBe(6);
    expect(await served(() => put(name, { g: { S: "a" } }))).toBe(2);
    expect(await served(() => put(name))).toBe(3);
    expect(await thrown(put(name))).toMatchObject({
      name: "ThrottlingException",
      message: "Throughput exceeds the maximum OnDemandThroughput configured on table or index",
      throttlingReasons: [{ reason: "TableWriteMaxOnDemandThroughputExceeded" }],
    });
    await target.clock.advance(SECOND_MS);
    expect(await served(() => put(name))).toBe(5);
  });

  it("takes at once what it is warm for", async () => {
    const name = await createSorted(client, {
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 6_000 },
    });
    await target.clock.advance(SECOND_MS);
    expect(await written(name)).toBe(6_000);
  });

  it("says that it is growing", async () => {
    const name = await onDemand();
    await written(name, "hot");
    const call = client.send(new PutItemCommand({ TableName: name, Item: { pk: { S: "hot" }, sk: { S: "more" } } }));
    const error = await thrown(call);
    expect(error).toBeInstanceOf(ThrottlingException);
    expect(error).toMatchObject({
      message: expect.stringContaining("Throughput exceeds the current capacity of your table or index.") as string,
      throttlingReasons: [
        {
          reason: "TableWriteKeyRangeThroughputExceeded",
          resource: `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`,
        },
      ],
    });
  });
});

describe("CloudWatch", () => {
  async function measured(
    table: string,
    since: number,
    MetricName: string,
    Operation?: string,
    statistic: "Sum" | "SampleCount" = "Sum",
  ): Promise<number | undefined> {
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
  }

  it("counts the requests that were throttled, and what of them was", async () => {
    const name = await provisioned(1, 1);
    await served(() => put(name));
    const since = target.clock.now() - 120_000;
    await target.clock.advance(120_000);
    const sum = (MetricName: string, Operation?: string) => measured(name, since, MetricName, Operation);
    expect(await sum("ThrottledRequests", "PutItem")).toBe(1);
    expect(await sum("WriteThrottleEvents")).toBe(1);
    expect(await sum("WriteProvisionedThroughputThrottleEvents")).toBe(1);
    expect(await sum("ReadThrottleEvents")).toBeUndefined();
  });

  it("counts what statements take and answer, and their failed conditions", async () => {
    const table = await createTable(client);
    await target.clock.advance(SECOND_MS);
    await sql.run(`INSERT INTO "${table}" VALUE {'pk': 'a'}`);
    await sql.run(`SELECT * FROM "${table}" WHERE pk = 'a'`);
    await sql.batch([`SELECT * FROM "${table}" WHERE pk = 'a'`]);
    await sql.transact([`UPDATE "${table}" SET a = 1 WHERE pk = 'a'`]);
    await refusal(sql.run(`UPDATE "${table}" SET a = 1 WHERE pk = 'absent'`));
    const since = target.clock.now() - 120_000;
    await target.clock.advance(120_000);
    const of = (name: string, operation?: string, statistic?: "SampleCount") =>
      measured(table, since, name, operation, statistic);
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

describe("--dynamodb-limits off", () => {
  const off = useTarget({ manualClock: true });

  it("is what there is unless said: nothing is throttled", async () => {
    const unlimited = new DynamoDBClient(off.clientConfig());
    const name = await createTable(unlimited, { ProvisionedThroughput: units(1, 1) });
    await off.clock.advance(SECOND_MS);
    for (let i = 0; i < 20; i++)
      await unlimited.send(new PutItemCommand({ TableName: name, Item: { pk: { S: `${i}` } } }));
    const { Count } = await unlimited.send(new ScanCommand({ TableName: name }));
    expect(Count).toBe(20);
    unlimited.destroy();
  });
});
