import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import type { _Record } from "@aws-sdk/client-dynamodb-streams";
import fc from "fast-check";
import type { Item } from "../dynamodb/support.ts";
import { drain, HOUR_MS, isOpen, iterator, numberOf, shardsOf, useStreams } from "./support.ts";

const on = useStreams();
const { client, streams, streamed, settle } = on;

const pk = fc.constantFrom(..."abcdefgh");
const value = fc.integer({ min: 0, max: 2 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), pk, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), pk }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("add" as const), pk, value }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("batch" as const), pks: fc.uniqueArray(pk, { minLength: 1 }), value }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("transaction" as const),
      pks: fc.uniqueArray(pk, { minLength: 2 }),
      value,
      fails: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 5 * HOUR_MS }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("grow" as const), units: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("read" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const itemOf = (key: string, n: number): Item => ({ pk: { S: key }, n: { N: String(n) } });

/** A table as a map, and the changes that its stream has to tell of: `pk old new`. */
class Model {
  readonly #values = new Map<string, number>();
  readonly changes: string[] = [];

  value(key: string): number | undefined {
    return this.#values.get(key);
  }

  set(key: string, next: number | undefined): void {
    const old = this.#values.get(key);
    if (old === next) return;
    this.changes.push(`${key} ${old} ${next}`);
    if (next === undefined) this.#values.delete(key);
    else this.#values.set(key, next);
  }
}

/** Reads every shard from where it left it, a child after its parent. */
class Consumer {
  readonly #arn: string;
  readonly #last = new Map<string, string | undefined>();
  readonly records: _Record[] = [];

  constructor(arn: string) {
    this.#arn = arn;
  }

  async read(): Promise<void> {
    for (const { ShardId = "" } of await shardsOf(streams, this.#arn)) {
      const SequenceNumber = this.#last.get(ShardId);
      const start =
        SequenceNumber === undefined
          ? ("TRIM_HORIZON" as const)
          : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER" as const, SequenceNumber };
      const records = await drain(streams, await iterator(streams, this.#arn, ShardId, start));
      this.records.push(...records);
      this.#last.set(ShardId, records.at(-1)?.dynamodb?.SequenceNumber ?? SequenceNumber);
    }
  }
}

async function apply(table: string, model: Model, consumer: Consumer, one: Step): Promise<void> {
  switch (one.kind) {
    case "put":
      await client.send(new PutItemCommand({ TableName: table, Item: itemOf(one.pk, one.value) }));
      return model.set(one.pk, one.value);
    case "delete":
      await client.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: one.pk } } }));
      return model.set(one.pk, undefined);
    case "add":
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { pk: { S: one.pk } },
          UpdateExpression: "ADD n :v",
          ExpressionAttributeValues: { ":v": { N: String(one.value) } },
        }),
      );
      return model.set(one.pk, (model.value(one.pk) ?? 0) + one.value);
    case "batch": {
      const puts = one.pks.map((key) => ({ PutRequest: { Item: itemOf(key, one.value) } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }));
      return one.pks.forEach((key) => model.set(key, one.value));
    }
    case "transaction": {
      const TransactItems = one.pks.map((key, index) => ({
        Put: {
          TableName: table,
          Item: itemOf(key, one.value),
          // the last one takes the others back
          ...(one.fails && index === one.pks.length - 1 && { ConditionExpression: "attribute_exists(nothing)" }),
        },
      }));
      const written = await client
        .send(new TransactWriteItemsCommand({ TransactItems }))
        .catch((error: Error) => error);
      expect(written instanceof Error).toBe(one.fails);
      if (!one.fails) one.pks.forEach((key) => model.set(key, one.value));
      return;
    }
    case "wait":
      await on.target.clock.advance(one.ms);
      return consumer.read(); // not to miss what a day takes away
    case "grow": {
      const units = { ReadCapacityUnits: 1000 * one.units, WriteCapacityUnits: 1000 * one.units };
      const same = client.send(new UpdateTableCommand({ TableName: table, ProvisionedThroughput: units }));
      await same.catch((error: Error) => expect(error.message).toContain("will not change"));
      return settle();
    }
    case "read":
      return consumer.read();
  }
}

const number = (item: Record<string, { N?: string }> | undefined) => item && Number(item["n"]?.N);
const changeOf = ({ dynamodb }: _Record): string =>
  `${dynamodb?.Keys?.["pk"]?.S} ${number(dynamodb?.OldImage)} ${number(dynamodb?.NewImage)}`;
const of = (changes: readonly string[], key: string) => changes.filter((change) => change.startsWith(key));

describe("the stream of a table", () => {
  it("tells of each change once, those of a key in their order, over roll-overs and splits of shards", async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const { table, arn } = await streamed();
      const model = new Model();
      const consumer = new Consumer(arn);
      for (const one of steps) await apply(table, model, consumer, one);
      await consumer.read();
      const told = consumer.records.map(changeOf);
      for (const key of "abcdefgh") expect(of(told, key)).toEqual(of(model.changes, key));
      // in the order of their sequence numbers they are the changes of the table, one after the other
      const inSequence = consumer.records.toSorted((a, b) => (numberOf(a) < numberOf(b) ? -1 : 1));
      expect(inSequence.map(changeOf)).toEqual(model.changes);
      expect((await shardsOf(streams, arn)).some(isOpen)).toBe(true);
    });
    await fc.assert(property, { numRuns: 10 });
  }, 60_000);
});
