import type { WireCall } from "../shared/wire-client.ts";
import {
  dynamoCall,
  itemOf,
  ITEMS,
  keyOf,
  MOST_PUTS,
  PARTITION_ITEMS,
  PLAIN,
  putsOf,
  SORTED,
  type BenchTable,
} from "./tables.ts";

const OPERATIONS = ["PutItem", "GetItem", "Query", "UpdateItem", "BatchWriteItem", "TransactWriteItems"] as const;
export type OperationName = (typeof OPERATIONS)[number];

interface Calls {
  readonly table: BenchTable;
  readonly writes: boolean;
  /** Made beforehand: the client's own work is not what is measured. */
  readonly callsOf: (table: BenchTable) => readonly WireCall[];
}

/** Actions of one transaction. */
const ACTIONS = 4;

const many = (count: number, call: (index: number) => WireCall): readonly WireCall[] =>
  Array.from({ length: count }, (_, index) => call(index));

const increment = { UpdateExpression: "SET hits = if_not_exists(hits, :none) + :one" };
const incrementValues = { ExpressionAttributeValues: { ":one": { N: "1" }, ":none": { N: "0" } } };

export const CALLS: Readonly<Record<OperationName, Calls>> = {
  PutItem: {
    table: PLAIN,
    writes: true,
    // each key twice, so that every put changes its item
    callsOf: (table) =>
      many(2 * ITEMS, (i) =>
        dynamoCall("PutItem", { TableName: table.name, Item: itemOf(table, i % ITEMS, ITEMS + i) }),
      ),
  },
  GetItem: {
    table: PLAIN,
    writes: false,
    callsOf: (table) => many(ITEMS, (i) => dynamoCall("GetItem", { TableName: table.name, Key: keyOf(table, i) })),
  },
  /** A partition of ten items. */
  Query: {
    table: SORTED,
    writes: false,
    callsOf: (table) =>
      many(ITEMS / PARTITION_ITEMS, (i) =>
        dynamoCall("Query", {
          TableName: table.name,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": keyOf(table, i * PARTITION_ITEMS)["pk"] },
        }),
      ),
  },
  UpdateItem: {
    table: PLAIN,
    writes: true,
    callsOf: (table) =>
      many(ITEMS, (i) =>
        dynamoCall("UpdateItem", { TableName: table.name, Key: keyOf(table, i), ...increment, ...incrementValues }),
      ),
  },
  /** 25 puts a call. */
  BatchWriteItem: {
    table: PLAIN,
    writes: true,
    callsOf: (table) => [1, 2].flatMap((round) => many(ITEMS / MOST_PUTS, (i) => putsOf(table, i * MOST_PUTS, round))),
  },
  /** Two puts, an update and a check. */
  TransactWriteItems: {
    table: PLAIN,
    writes: true,
    callsOf: (table) =>
      many(ITEMS / ACTIONS, (i) => {
        const TableName = table.name;
        const at = i * ACTIONS;
        return dynamoCall("TransactWriteItems", {
          TransactItems: [
            { Put: { TableName, Item: itemOf(table, at, ITEMS + at) } },
            { Put: { TableName, Item: itemOf(table, at + 1, ITEMS + at) } },
            { Update: { TableName, Key: keyOf(table, at + 2), ...increment, ...incrementValues } },
            { ConditionCheck: { TableName, Key: keyOf(table, at + 3), ConditionExpression: "attribute_exists(pk)" } },
          ],
        });
      }),
  },
};
