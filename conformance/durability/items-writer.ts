import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  paginateScan,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { allRecords, latestStream, replayed } from "../dynamodb-streams/support.ts";
import { attributes, createTable, globalIndex } from "../dynamodb/support.ts";
import { type OnceConfig, untilGone } from "../emulator-process.ts";
import type { Random } from "./random.ts";
import { Versions, type Writer } from "./writer.ts";

const TABLE = "items";
const INDEX = "by-parity";
const WRITERS = 3;
const KEYS_PER_WRITER = 4;
const COUNTER = { pk: { S: "counter" } };

type Item = Record<string, AttributeValue>;

/** Items that are put, put over and deleted under an index and a stream, and a counter that all writers add to. */
export class ItemsWriter implements Writer {
  readonly #random: Random;
  readonly #versions = new Map<string, Versions>();
  readonly #counter = { acknowledged: 0, sent: 0 };
  readonly #writes = { items: 0, deletedItems: 0, counted: 0 };

  constructor(random: Random) {
    this.#random = random;
  }

  async prepare(config: OnceConfig): Promise<void> {
    const dynamodb = new DynamoDBClient(config);
    await createTable(dynamodb, {
      TableName: TABLE,
      AttributeDefinitions: attributes({ pk: "S", parity: "N" }),
      GlobalSecondaryIndexes: [globalIndex(INDEX, "parity")],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    dynamodb.destroy();
  }

  async write(config: OnceConfig): Promise<void> {
    const dynamodb = new DynamoDBClient(config);
    await Promise.all(
      Array.from({ length: WRITERS }, (_, writer) =>
        untilGone(async () => {
          if (this.#random.next() < 0.3) await this.#count(dynamodb);
          else await this.#writeItem(dynamodb, `${writer}/${this.#random.between(1, KEYS_PER_WRITER)}`);
        }),
      ),
    );
    dynamodb.destroy();
  }

  async #count(dynamodb: DynamoDBClient): Promise<void> {
    this.#counter.sent++;
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: COUNTER,
        UpdateExpression: "ADD #value :one",
        ExpressionAttributeNames: { "#value": "value" },
        ExpressionAttributeValues: { ":one": { N: "1" } },
      }),
    );
    this.#counter.acknowledged++;
    this.#writes.counted++;
  }

  async #writeItem(dynamodb: DynamoDBClient, pk: string): Promise<void> {
    const versions = this.#versionsOf(pk);
    const version = ++versions.sent;
    if (Versions.deletes(version)) {
      await dynamodb.send(new DeleteItemCommand({ TableName: TABLE, Key: { pk: { S: pk } } }));
      this.#writes.deletedItems++;
    } else {
      await dynamodb.send(new PutItemCommand({ TableName: TABLE, Item: itemOf(pk, version) }));
      this.#writes.items++;
    }
    versions.acknowledged = version;
  }

  #versionsOf(pk: string): Versions {
    const versions = this.#versions.get(pk) ?? new Versions();
    this.#versions.set(pk, versions);
    return versions;
  }

  async check(config: OnceConfig): Promise<void> {
    const dynamodb = new DynamoDBClient(config);
    const { Item: counter } = await dynamodb.send(
      new GetItemCommand({ TableName: TABLE, Key: COUNTER, ConsistentRead: true }),
    );
    const counted = Number(counter?.["value"]?.N ?? 0);
    expect(counted).toBeGreaterThanOrEqual(this.#counter.acknowledged);
    expect(counted).toBeLessThanOrEqual(this.#counter.sent);
    this.#counter.acknowledged = this.#counter.sent = counted;

    const stored = await scan(dynamodb);
    // the stream tells of every write that the table has, and of no other
    const streams = new DynamoDBStreamsClient(config);
    expect(replayed(await allRecords(streams, await latestStream(dynamodb, TABLE)))).toEqual(stored);
    streams.destroy();
    stored.delete("counter");
    for (const [pk, item] of stored) expect(item).toEqual(itemOf(pk, Number(item["version"]?.N)));
    for (const [pk, versions] of this.#versions) {
      const version = stored.get(pk)?.["version"]?.N;
      versions.settle(`item ${pk}`, version === undefined ? undefined : Number(version));
    }
    for (const pk of stored.keys()) expect(this.#versions.has(pk)).toBe(true);
    // the index holds the same items, neither more nor older ones
    expect(await scan(dynamodb, INDEX)).toEqual(stored);
    dynamodb.destroy();
  }

  acknowledged(): Readonly<Record<string, number>> {
    return this.#writes;
  }
}

async function scan(client: DynamoDBClient, index?: string): Promise<Map<string, Item>> {
  const items = new Map<string, Item>();
  for await (const { Items = [] } of paginateScan({ client }, { TableName: TABLE, IndexName: index })) {
    for (const item of Items) {
      const pk = item["pk"]?.S ?? "";
      expect(items.has(pk)).toBe(false);
      items.set(pk, item);
    }
  }
  return items;
}

/** Every attribute follows from key and version, so that a mixture of two versions shows. */
const itemOf = (pk: string, version: number): Item => ({
  pk: { S: pk },
  version: { N: String(version) },
  parity: { N: String(version % 2) },
  text: { S: `${pk} in version ${version}. `.repeat(1 + (version % 50)) },
  list: { L: Array.from({ length: version % 5 }, (_, index) => ({ M: { [`m${index}`]: { N: String(version) } } })) },
});
