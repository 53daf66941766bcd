import { setTimeout as delay } from "node:timers/promises";
import { amzCall, connect, type WireCall } from "../shared/wire-client.ts";

export const ITEMS = 10_000;
/** Items of one partition of the table that has a sort key. */
export const PARTITION_ITEMS = 10;
export const MOST_PUTS = 25;
const POLL_MS = 20;
const PATIENCE_MS = 30_000;

type Value = { readonly S: string } | { readonly N: string };
type Item = Readonly<Record<string, Value>>;

/** A table of the benches: items by one key, or in partitions by two. */
export interface BenchTable {
  readonly name: string;
  readonly sorted: boolean;
  readonly streamed?: boolean;
}

export const PLAIN: BenchTable = { name: "plain", sorted: false };
export const SORTED: BenchTable = { name: "sorted", sorted: true };
export const STREAMED: BenchTable = { name: "streamed", sorted: false, streamed: true };

export const dynamoCall = (operation: string, input: object): WireCall =>
  amzCall("dynamodb", `DynamoDB_20120810.${operation}`, input, "1.0");

/** The key of the item of a number. */
export const keyOf = ({ sorted }: BenchTable, index: number): Item =>
  sorted
    ? { pk: { S: `item-${Math.floor(index / PARTITION_ITEMS)}` }, sk: { N: String(index % PARTITION_ITEMS) } }
    : { pk: { S: `item-${index}` } };

/** 200 bytes, as DynamoDB counts them; another `count` is another item. */
export const itemOf = (table: BenchTable, index: number, count = index): Item => ({
  ...keyOf(table, index),
  count: { N: String(count) },
  county: { S: "Delaware" },
  note: { S: "x".repeat(160) },
});

/** Puts of the items from one number on. @param round another one is other items under the same keys */
export const putsOf = (table: BenchTable, from: number, round = 0): WireCall =>
  dynamoCall("BatchWriteItem", {
    RequestItems: {
      [table.name]: Array.from({ length: MOST_PUTS }, (_, i) => ({
        PutRequest: { Item: itemOf(table, from + i, round * ITEMS + from + i) },
      })),
    },
  });

/** @throws Error when the server refuses it */
export async function send(port: number, ...calls: readonly WireCall[]): Promise<string> {
  const client = await connect(port, "HTTP/1.1");
  let answer = "";
  for (const call of calls) {
    const { status, body } = await client.send(call);
    answer = body.toString();
    if (status !== 200) throw new Error(`${String(call.headers["x-amz-target"])}: ${status} ${answer.slice(0, 500)}`);
  }
  client.close();
  return answer;
}

export async function createTable(port: number, { name, sorted, streamed }: BenchTable): Promise<void> {
  const keys = [
    { name: "pk", type: "S", role: "HASH" },
    { name: "sk", type: "N", role: "RANGE" },
  ].slice(0, sorted ? 2 : 1);
  await send(
    port,
    dynamoCall("CreateTable", {
      TableName: name,
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
      KeySchema: keys.map((key) => ({ AttributeName: key.name, KeyType: key.role })),
      BillingMode: "PAY_PER_REQUEST",
      ...(streamed && { StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } }),
    }),
  );
  const deadline = performance.now() + PATIENCE_MS;
  while (!/"TableStatus": ?"ACTIVE"/.test(await send(port, dynamoCall("DescribeTable", { TableName: name })))) {
    if (performance.now() > deadline) throw new Error("the table was not ready in time");
    await delay(POLL_MS);
  }
}

export async function createFilled(port: number, table: BenchTable): Promise<void> {
  await createTable(port, table);
  await send(port, ...Array.from({ length: ITEMS / MOST_PUTS }, (_, i) => putsOf(table, i * MOST_PUTS)));
}
