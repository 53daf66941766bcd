import { PutItemCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, type GetShardIteratorCommandInput, type Shard } from "@aws-sdk/client-dynamodb-streams";
import { invalid, refusal, S, validation } from "../dynamodb/support.ts";
import {
  allRecords,
  drain,
  HOUR_MS,
  isOpen,
  iterator,
  numberOf,
  read,
  replayed,
  shardsOf,
  useStreams,
} from "./support.ts";

const on = useStreams();
const { client, streams, streamed, settle } = on;

const MINUTE_MS = 60_000;
const put = (TableName: string, pk: string, n = 0) =>
  client.send(new PutItemCommand({ TableName, Item: { pk: S(pk), n: { N: `${n}` } } }));
const keysOf = (records: Awaited<ReturnType<typeof drain>>) => records.map(({ dynamodb }) => dynamodb?.Keys?.["pk"]?.S);
const starting = (shard: Shard | undefined) => BigInt(shard?.SequenceNumberRange?.StartingSequenceNumber ?? -1);
const ending = (shard: Shard | undefined) => BigInt(shard?.SequenceNumberRange?.EndingSequenceNumber ?? -1);
const advance = (ms: number) => on.target.clock.advance(ms);

describe("the shards of a stream", () => {
  it("are as many as the table has partitions", async () => {
    const count = async (definition: object) =>
      (await shardsOf(streams, (await streamed("KEYS_ONLY", definition)).arn)).length;
    expect(await count({ BillingMode: "PAY_PER_REQUEST" })).toBe(4);
    expect(await count({})).toBe(1);
    expect(await count({ ProvisionedThroughput: { ReadCapacityUnits: 3000, WriteCapacityUnits: 2000 } })).toBe(3);
  });

  it("have ids, and share the keys among them", async () => {
    const { table, arn } = await streamed("KEYS_ONLY", { BillingMode: "PAY_PER_REQUEST" });
    const pks = Array.from({ length: 60 }, (_, index) => `pk-${index}`);
    for (const pk of pks) await put(table, pk);
    for (const pk of pks) await put(table, pk, 1);
    const found = new Map<string, Set<string>>();
    for (const { ShardId = "" } of await shardsOf(streams, arn)) {
      expect(ShardId).toMatch(/^shardId-\d{20}-[0-9a-f]{8}$/);
      const records = await drain(streams, await iterator(streams, arn, ShardId));
      expect(records.length).toBeGreaterThan(0);
      const numbers = records.map(numberOf);
      expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
      found.set(ShardId, new Set(keysOf(records) as string[]));
    }
    const all = [...found.values()].flatMap((keys) => [...keys]);
    expect(all.toSorted()).toEqual(pks.toSorted());
  });

  it("are closed after four hours, each with a child that goes on", async () => {
    const { table, arn } = await streamed("NEW_AND_OLD_IMAGES", { BillingMode: "PAY_PER_REQUEST" });
    const parents = await shardsOf(streams, arn);
    const pks = Array.from({ length: 20 }, (_, index) => `pk-${index}`);
    for (const pk of pks) await put(table, pk);
    await advance(4 * HOUR_MS);
    for (const pk of pks) await put(table, pk, 1);

    const shards = await shardsOf(streams, arn);
    expect(shards.slice(0, 4).map(({ ShardId }) => ShardId)).toEqual(parents.map(({ ShardId }) => ShardId));
    expect(shards.slice(0, 4).some(isOpen)).toBe(false);
    const children = shards.slice(4);
    expect(children.every(isOpen)).toBe(true);
    expect(children.map(({ ParentShardId }) => ParentShardId)).toEqual(parents.map(({ ShardId }) => ShardId));
    const ids = shards.map(({ ShardId = "" }) => ShardId);
    expect(ids).toEqual(ids.toSorted());
    for (const [index, parent] of parents.entries()) {
      const closed = shards[index];
      expect(starting(closed)).toBe(starting(parent));
      expect(ending(closed)).toBeLessThan(starting(children[index]));
      const before = await drain(streams, await iterator(streams, arn, parent.ShardId));
      const after = await drain(streams, await iterator(streams, arn, children[index]?.ShardId));
      for (const number of before.map(numberOf)) {
        expect(number > starting(closed) && number < ending(closed)).toBe(true);
      }
      for (const number of after.map(numberOf)) expect(number).toBeGreaterThan(starting(children[index]));
      // a key stays in the family
      expect(new Set(keysOf(after))).toEqual(new Set(keysOf(before)));
    }
    expect([...replayed(await allRecords(streams, arn)).keys()].toSorted()).toEqual(pks.toSorted());
  });

  it("are closed and followed whether or not anything is written, and go after a day", async () => {
    const { arn } = await streamed();
    await advance(24 * HOUR_MS - MINUTE_MS);
    const shards = await shardsOf(streams, arn);
    expect(shards.length).toBe(6);
    expect(shards.filter(isOpen)).toHaveLength(1);
    await advance(8 * HOUR_MS);
    const later = await shardsOf(streams, arn);
    expect(later.filter(isOpen)).toHaveLength(1);
    expect(later.some(({ ShardId }) => ShardId === shards[0]?.ShardId)).toBe(false);
    // the oldest one that is left may name a parent that has gone
    expect(later[0]?.ParentShardId).toBeDefined();
    expect(await refusal(iterator(streams, arn, shards[0]?.ShardId))).toBe(
      "ResourceNotFoundException: Requested resource not found: Shard does not exist",
    );
  });

  it("are split where the table gets more partitions", async () => {
    const { table, arn } = await streamed();
    const pks = Array.from({ length: 40 }, (_, index) => `pk-${index}`);
    for (const pk of pks) await put(table, pk);
    await client.send(new UpdateTableCommand({ TableName: table, BillingMode: "PAY_PER_REQUEST" }));
    await settle();
    for (const pk of pks) await put(table, pk, 1);
    const [parent, ...children] = await shardsOf(streams, arn);
    expect(children).toHaveLength(4);
    expect(new Set(children.map(({ ParentShardId }) => ParentShardId))).toEqual(new Set([parent?.ShardId]));
    expect(parent && isOpen(parent)).toBe(false);
    expect(replayed(await allRecords(streams, arn)).size).toBe(40);
  });
});

describe("DescribeStream", () => {
  it("lists shards by pages", async () => {
    const { arn } = await streamed("KEYS_ONLY", { BillingMode: "PAY_PER_REQUEST" });
    await advance(8 * HOUR_MS);
    const ids = (await shardsOf(streams, arn)).map(({ ShardId }) => ShardId);
    expect(ids).toHaveLength(12);
    const paged: (string | undefined)[] = [];
    let after: string | undefined;
    do {
      const { StreamDescription } = await streams.send(
        new DescribeStreamCommand({ StreamArn: arn, Limit: 5, ExclusiveStartShardId: after }),
      );
      paged.push(...(StreamDescription?.Shards ?? []).map(({ ShardId }) => ShardId));
      after = StreamDescription?.LastEvaluatedShardId;
      if (after !== undefined) expect(after).toBe(paged.at(-1));
    } while (after !== undefined);
    expect(paged).toEqual(ids);
    const beyond = new DescribeStreamCommand({ StreamArn: arn, ExclusiveStartShardId: "z".repeat(30) });
    expect((await streams.send(beyond)).StreamDescription?.Shards).toEqual([]);
  });

  it("lists the children of one shard", async () => {
    const { arn } = await streamed("KEYS_ONLY", { BillingMode: "PAY_PER_REQUEST" });
    await advance(4 * HOUR_MS);
    const shards = await shardsOf(streams, arn);
    const childrenOf = async (ShardId: string | undefined) => {
      const ShardFilter = { Type: "CHILD_SHARDS", ShardId } as const;
      return (await streams.send(new DescribeStreamCommand({ StreamArn: arn, ShardFilter }))).StreamDescription?.Shards;
    };
    expect(await childrenOf(shards[1]?.ShardId)).toEqual([shards[5]]);
    expect(await childrenOf(shards[5]?.ShardId)).toEqual([]);
    expect(await refusal(childrenOf(undefined))).toContain("ValidationException");
  });
});

describe("GetShardIterator", () => {
  it("begins where it is told to", async () => {
    const { table, arn } = await streamed();
    for (const pk of ["a", "b", "c"]) await put(table, pk);
    const [shard] = await shardsOf(streams, arn);
    const id = shard?.ShardId;
    const all = await drain(streams, await iterator(streams, arn, id));
    const SequenceNumber = all[1]?.dynamodb?.SequenceNumber;
    const from = async (start: Parameters<typeof iterator>[3]) =>
      keysOf(await drain(streams, await iterator(streams, arn, id, start)));
    expect(await from("TRIM_HORIZON")).toEqual(["a", "b", "c"]);
    expect(await from({ ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber })).toEqual(["b", "c"]);
    expect(await from({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber })).toEqual(["c"]);
    const first = shard?.SequenceNumberRange?.StartingSequenceNumber;
    expect(await from({ ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber: first })).toEqual(["a", "b", "c"]);
    expect(await from("LATEST")).toEqual([]);
  });

  it("LATEST sees what is written after the call, and the same iterator gives the same again", async () => {
    const { table, arn } = await streamed();
    await put(table, "before");
    const [shard] = await shardsOf(streams, arn);
    const latest = await iterator(streams, arn, shard?.ShardId, "LATEST");
    expect(latest.startsWith(`${arn}|1|`)).toBe(true);
    await put(table, "after");
    const page = await read(streams, latest, 1);
    expect(keysOf(page.Records ?? [])).toEqual(["after"]);
    await put(table, "later");
    expect(keysOf((await read(streams, latest, 1)).Records ?? [])).toEqual(["after"]);
    expect(keysOf((await read(streams, page.NextShardIterator)).Records ?? [])).toEqual(["later"]);
  });

  it("refuses what does not fit", async () => {
    const { table, arn } = await streamed();
    const other = await streamed();
    await put(table, "a");
    await put(other.table, "a");
    const [shard] = await shardsOf(streams, arn);
    const [record] = await allRecords(streams, other.arn);
    const ask = (start: Partial<GetShardIteratorCommandInput>) =>
      refusal(iterator(streams, arn, shard?.ShardId, { ShardIteratorType: "TRIM_HORIZON", ...start }));
    const number = shard?.SequenceNumberRange?.StartingSequenceNumber ?? "";
    for (const ShardIteratorType of ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"] as const) {
      expect(await ask({ ShardIteratorType })).toBe(
        invalid(`SequenceNumber is required for ShardIteratorType ${ShardIteratorType}`),
      );
      const wrong = validation("Invalid SequenceNumber for the shard");
      expect(await ask({ ShardIteratorType, SequenceNumber: `9${number}` })).toBe(wrong);
      expect(await ask({ ShardIteratorType, SequenceNumber: "x".repeat(21) })).toBe(wrong);
      await advance(1000);
      const later = await streamed();
      const [theirs] = await shardsOf(streams, later.arn);
      const SequenceNumber = theirs?.SequenceNumberRange?.StartingSequenceNumber;
      expect(await ask({ ShardIteratorType, SequenceNumber })).toBe(wrong);
    }
    for (const ShardIteratorType of ["TRIM_HORIZON", "LATEST"] as const) {
      expect(await ask({ ShardIteratorType, SequenceNumber: number })).toBe(
        invalid(`SequenceNumber must not be given for ShardIteratorType ${ShardIteratorType}`),
      );
    }
    expect(record).toBeDefined();
    expect(await refusal(iterator(streams, arn, "shardId-00000000000000000000-00000000"))).toBe(
      "ResourceNotFoundException: Requested resource not found: Shard does not exist",
    );
    expect(await refusal(iterator(streams, "x".repeat(40), shard?.ShardId))).toBe(validation("Invalid StreamArn"));
  });
});
