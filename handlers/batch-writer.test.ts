import type { BatchWriteItemCommand, BatchWriteItemCommandOutput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { writeItems } from "./batch-writer.ts";

const items = Array.from({ length: 30 }, (_, index) => ({
  table: index % 2 === 0 ? "even" : "odd",
  item: { pk: { S: `item ${index}` } },
}));

/** Tables that take so many items of each call; a call of which they take none is throttled as a whole, as DynamoDB does. */
function fakeTables(...takes: number[]) {
  const stored: string[] = [];
  const send = async ({ input }: BatchWriteItemCommand): Promise<Partial<BatchWriteItemCommandOutput>> => {
    const requests = Object.entries(input.RequestItems!).flatMap(([table, all]) =>
      all.map((request) => ({ table, request })),
    );
    const most = takes.length > 1 ? takes.shift()! : takes[0]!;
    if (most === 0) throw Object.assign(new Error("throttled"), { name: "ProvisionedThroughputExceededException" });
    for (const { table, request } of requests.slice(0, most)) {
      stored.push(`${table} ${request.PutRequest!.Item!["pk"]!.S}`);
    }
    const left: Record<string, (typeof requests)[number]["request"][]> = {};
    for (const { table, request } of requests.slice(most)) (left[table] ??= []).push(request);
    return { UnprocessedItems: left };
  };
  return { stored, client: { send: send as unknown as DynamoDBClient["send"] } };
}

describe("writeItems", () => {
  it("writes what was unprocessed again, alone, and goes on after a call that was throttled", async () => {
    const tables = fakeTables(10, 0, 10, 25);
    await writeItems(tables.client, items);
    expect(tables.stored.toSorted()).toEqual(items.map(({ table, item }) => `${table} ${item.pk.S}`).toSorted());
  });

  it("says how many items are not written when tables take no more", async () => {
    const tables = fakeTables(10, 0);
    await expect(writeItems(tables.client, items, 50)).rejects.toThrow(
      "Given up: 20 records were not stored. ProvisionedThroughputExceededException: throttled",
    );
  });
});
