import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { useTarget } from "../target.ts";
import { createTable } from "./support.ts";

const CLIENTS = 32;
const ACCOUNTS = ["a", "b", "c", "d"];
const OPENING_BALANCE = 100;
const TRANSFERS_OF_EACH = 4;

const target = useTarget();
/** Each with connections of its own; none of them tries again by itself. */
let clients: DynamoDBClient[];
let table: string;
beforeAll(async () => {
  clients = Array.from({ length: CLIENTS }, () => new DynamoDBClient({ ...target.clientConfig(), maxAttempts: 1 }));
  table = await createTable(first());
});
afterAll(() => {
  for (const client of clients) client.destroy();
});

const first = (): DynamoDBClient => clients[0] as DynamoDBClient;
/** What each of the clients makes of `work`, all of them at the same time. */
const all = <T>(work: (client: DynamoDBClient, number: number) => Promise<T>): Promise<T[]> =>
  Promise.all(clients.map(work));

const keyOf = (pk: string) => ({ pk: { S: pk } });
const numberOf = async (pk: string, name: string): Promise<number> => {
  const { Item } = await first().send(new GetItemCommand({ TableName: table, Key: keyOf(pk), ConsistentRead: true }));
  return Number(Item?.[name]?.N);
};

/** Whether the call was done; false when a condition of it did not hold. */
async function done(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    const isRefused = error instanceof ConditionalCheckFailedException || error instanceof TransactionCanceledException;
    if (isRefused) return false;
    throw error;
  }
}

const transfer = (from: string, to: string, amount: number) =>
  new TransactWriteItemsCommand({
    TransactItems: [
      {
        Update: {
          TableName: table,
          Key: keyOf(from),
          UpdateExpression: "SET balance = balance - :amount",
          ConditionExpression: "balance >= :amount",
          ExpressionAttributeValues: { ":amount": { N: String(amount) } },
        },
      },
      {
        Update: {
          TableName: table,
          Key: keyOf(to),
          UpdateExpression: "ADD balance :amount",
          ExpressionAttributeValues: { ":amount": { N: String(amount) } },
        },
      },
    ],
  });

describe(`${CLIENTS} clients over a few items`, () => {
  it("move money in transactions and lose none, nor does any reader see some under way", async () => {
    for (const account of ACCOUNTS) {
      const Item = { ...keyOf(account), balance: { N: String(OPENING_BALANCE) } };
      await first().send(new PutItemCommand({ TableName: table, Item }));
    }
    const balances = async (client: DynamoDBClient): Promise<number[]> => {
      const gets = ACCOUNTS.map((account) => ({ Get: { TableName: table, Key: keyOf(account) } }));
      const { Responses = [] } = await client.send(new TransactGetItemsCommand({ TransactItems: gets }));
      return Responses.map(({ Item }) => Number(Item?.["balance"]?.N));
    };
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

    const outcomes = await all(async (client, number) => {
      const seen: boolean[] = [];
      for (let i = 0; i < TRANSFERS_OF_EACH; i++) {
        const [from, to] = [ACCOUNTS[(number + i) % 4] ?? "", ACCOUNTS[(number + 3 * i + 1) % 4] ?? ""];
        // too much now and then: what is refused changes nothing
        const amount = 1 + ((number * 7 + i * 13) % 60);
        if (from !== to) seen.push(await done(client.send(transfer(from, to, amount))));
        const now = await balances(client);
        expect(sum(now)).toBe(ACCOUNTS.length * OPENING_BALANCE);
        expect(Math.min(...now)).toBeGreaterThanOrEqual(0);
      }
      return seen;
    });
    const known = new Set(outcomes.flat());
    expect([known.has(true), known.has(false)]).toEqual([true, true]);
  });

  it("count by conditional writes of what they read, and none of them undoes another's", async () => {
    const key = keyOf("counter");
    await first().send(new PutItemCommand({ TableName: table, Item: { ...key, version: { N: "0" } } }));
    const refusals = await all(async (client) => {
      for (let refused = 0; ; refused++) {
        const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
        const version = Number(Item?.["version"]?.N);
        const put = new PutItemCommand({
          TableName: table,
          Item: { ...key, version: { N: String(version + 1) } },
          ConditionExpression: "version = :seen",
          ExpressionAttributeValues: { ":seen": { N: String(version) } },
        });
        if (await done(client.send(put))) return refused;
      }
    });
    expect(await numberOf("counter", "version")).toBe(CLIENTS);
    // otherwise they have gone one after the other, which would show nothing
    expect(Math.max(...refusals)).toBeGreaterThan(0);
  });

  it("add to one number, each of them", async () => {
    await all(async (client, number) => {
      for (let i = 0; i < 4; i++) {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf("sum"),
            UpdateExpression: "ADD amount :number",
            ExpressionAttributeValues: { ":number": { N: String(number) } },
          }),
        );
      }
    });
    expect(await numberOf("sum", "amount")).toBe((4 * CLIENTS * (CLIENTS - 1)) / 2);
  });

  it("claim a key that nobody has, and one of them gets it", async () => {
    const claims = await all((client, number) =>
      done(
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: { ...keyOf("claimed"), owner: { N: String(number) } },
            ConditionExpression: "attribute_not_exists(pk)",
          }),
        ),
      ),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await numberOf("claimed", "owner")).toBe(claims.indexOf(true));
  });

  it("send one transaction with one token, and it is done once", async () => {
    await all((client) =>
      client.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: "the-same",
          TransactItems: [
            {
              Update: {
                TableName: table,
                Key: keyOf("once"),
                UpdateExpression: "ADD times :one",
                ExpressionAttributeValues: { ":one": { N: "1" } },
              },
            },
          ],
        }),
      ),
    );
    expect(await numberOf("once", "times")).toBe(1);
  });

  it("race for the last of something by transactions over two items, and it is given away once", async () => {
    const Item = { ...keyOf("stock"), left: { N: "3" } };
    await first().send(new PutItemCommand({ TableName: table, Item }));
    const orders = await all((client, number) =>
      done(
        client.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              {
                Update: {
                  TableName: table,
                  Key: keyOf("stock"),
                  UpdateExpression: "SET #left = #left - :one",
                  ConditionExpression: "#left > :zero",
                  ExpressionAttributeNames: { "#left": "left" },
                  ExpressionAttributeValues: { ":one": { N: "1" }, ":zero": { N: "0" } },
                },
              },
              { Put: { TableName: table, Item: { ...keyOf(`order/${number}`), number: { N: String(number) } } } },
            ],
          }),
        ),
      ),
    );
    expect(orders.filter(Boolean)).toHaveLength(3);
    expect(await numberOf("stock", "left")).toBe(0);
    const kept = await all(async (_client, number) => (await numberOf(`order/${number}`, "number")) === number);
    expect(kept).toEqual(orders);
  });
});
