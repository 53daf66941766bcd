import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BatchCounter } from "./batch-counter.ts";
import { CountTables } from "./count-tables.ts";
import { type DecodedRecord, decodeRecord } from "./decode-record.ts";
import { FakeDynamoDB } from "./fake-dynamodb.ts";

const SHARD = "arn:aws:kinesis:us-east-1:000000000000:stream/rivers/shardId-000000000000";
const SEQUENCE_BASE = 49590338271490256608559692538361571095921575989136588898n;

const record = (position: number, county: string | undefined): DecodedRecord =>
  county === undefined
    ? { sequenceNumber: String(SEQUENCE_BASE + BigInt(position)), malformed: "no County" }
    : { sequenceNumber: String(SEQUENCE_BASE + BigInt(position)), row: { county } };

const batchOf = (counties: readonly (string | undefined)[], from = 0) =>
  counties.map((county, index) => record(from + index, county));

const environment = (db: FakeDynamoDB, now?: () => Date) =>
  new BatchCounter(new CountTables(db.client, { counts: "counts", checkpoints: "checkpoints" }), now);

describe("a batch", () => {
  it("makes one item a county with the time at which it was processed", async () => {
    const db = new FakeDynamoDB();
    const now = new Date("2026-01-02T03:04:05.678Z");
    const outcome = await environment(db, () => now).count(SHARD, batchOf(["Delaware", "Essex", "Delaware"]));
    expect(outcome).toEqual({ counted: 3, counties: 2 });
    expect([...db.counts.values()]).toEqual([
      { County: { S: "Delaware" }, Timestamp: { S: "2026-01-02T03:04:05.678Z" }, Count: { N: "2" } },
      { County: { S: "Essex" }, Timestamp: { S: "2026-01-02T03:04:05.678Z" }, Count: { N: "1" } },
    ]);
  });

  it("counts nothing and writes nothing when it is delivered again to another environment", async () => {
    const db = new FakeDynamoDB();
    const batch = batchOf(["Delaware", "Essex"]);
    await environment(db).count(SHARD, batch);
    expect(await environment(db).count(SHARD, batch)).toEqual({ counted: 0, counties: 0 });
    expect(db.writes).toBe(1);
  });

  it("is counted once when the answer to its write got lost", async () => {
    const db = new FakeDynamoDB();
    db.afterWrite = () => {
      db.afterWrite = () => {};
      throw new Error("socket hang up");
    };
    const counter = environment(db);
    const batch = batchOf(["Delaware", "Delaware"]);
    await expect(counter.count(SHARD, batch)).rejects.toThrow("socket hang up");
    await counter.count(SHARD, batch);
    expect(db.totals()).toEqual({ Delaware: 2 });
  });

  it("keeps its items beside those of another batch of the same millisecond", async () => {
    const db = new FakeDynamoDB();
    const now = () => new Date("2026-01-02T03:04:05.678Z");
    const shards = ["a", "b", "c", "d", "e"];
    await Promise.all(shards.map((shard) => environment(db, now).count(shard, batchOf(["Delaware"]))));
    expect(db.counts.size).toBe(5);
    expect(db.totals()).toEqual({ Delaware: 5 });
  });

  it("with more counties than a transaction holds is counted in several, and goes on after a crash between them", async () => {
    const db = new FakeDynamoDB();
    const batch = batchOf(Array.from({ length: 250 }, (_, index) => `County ${index}`));
    db.beforeWrite = () => {
      if (db.writes === 1) throw new Error("crash");
    };
    await expect(environment(db).count(SHARD, batch)).rejects.toThrow("crash");
    db.beforeWrite = () => {};
    await environment(db).count(SHARD, batch);
    expect(Object.values(db.totals())).toEqual(Array.from({ length: 250 }, () => 1));
  });

  it("gives way to another invocation that counted a part of it meanwhile", async () => {
    const db = new FakeDynamoDB();
    const batch = batchOf(["Delaware", "Delaware", "Essex"]);
    db.beforeWrite = async () => {
      db.beforeWrite = () => {};
      await environment(db).count(SHARD, batch.slice(0, 2));
    };
    expect(await environment(db).count(SHARD, batch)).toEqual({ counted: 1, counties: 1 });
    expect(db.totals()).toEqual({ Delaware: 2, Essex: 1 });
  });

  it("reads the checkpoint once for all batches of a warm environment", async () => {
    const db = new FakeDynamoDB();
    const counter = environment(db);
    for (const from of [0, 1, 2]) await counter.count(SHARD, batchOf(["Delaware"], from));
    expect(db.reads).toBe(1);
  });

  it("is counted anew by a warm environment when its checkpoint was deleted", async () => {
    const db = new FakeDynamoDB();
    const counter = environment(db);
    const batch = batchOf(["Delaware", "Essex"]);
    await counter.count(SHARD, batch);
    db.checkpoints.clear();
    expect(await counter.count(SHARD, batch)).toEqual({ counted: 2, counties: 2 });
  });

  it("is given up with an error when its write is refused again and again", async () => {
    const db = new FakeDynamoDB();
    db.beforeWrite = () => {
      const stored = db.checkpoints.get(SHARD);
      db.checkpoints.set(SHARD, { ShardId: { S: SHARD }, Batches: { N: String(Number(stored?.Batches?.N ?? 0) + 1) } });
    };
    await expect(environment(db).count(SHARD, batchOf(["Delaware"]))).rejects.toThrow("20 attempts");
  });
});

describe("malformed records", () => {
  it("do not keep their neighbours from being counted", async () => {
    const db = new FakeDynamoDB();
    await environment(db).count(SHARD, batchOf(["Delaware", undefined, "Essex", undefined, "Kings"]));
    expect(db.totals()).toEqual({ Delaware: 1, Essex: 1, Kings: 1 });
  });

  it("are counted when a later version of the function can read them, and only once", async () => {
    const db = new FakeDynamoDB();
    await environment(db).count(SHARD, batchOf(["Delaware", undefined, "Essex"]));
    const readable = batchOf(["Delaware", "Kings", "Essex"]).slice(1);
    expect(await environment(db).count(SHARD, readable)).toEqual({ counted: 1, counties: 1 });
    expect(await environment(db).count(SHARD, readable)).toEqual({ counted: 0, counties: 0 });
    expect(db.totals()).toEqual({ Delaware: 1, Essex: 1, Kings: 1 });
  });

  it.each([
    ["that is no JSON", "{County"],
    ["that is no object", "[1]"],
    ["that is null", "null"],
    ["without a County", "{}"],
    ["with an empty County", '{"County":" "}'],
    ["with a County that is no string", '{"County":5}'],
    ["with a County over the limit of a key", JSON.stringify({ County: "x".repeat(2049) })],
    ["with half a surrogate pair", '{"County":"\\ud800"}'],
    ["that is no UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
  ])("are told by their sequence number: a record %s", (_, payload) => {
    const data = Buffer.from(payload).toString("base64");
    const kinesis = {
      sequenceNumber: "1",
      data,
      partitionKey: "k",
      kinesisSchemaVersion: "1.0",
      approximateArrivalTimestamp: 0,
    };
    expect(decodeRecord({ kinesis })).toEqual({ sequenceNumber: "1", malformed: expect.any(String) });
  });
});

/** A delivery: which part of the unfinished records, and what happens to it. */
const delivery = fc.record({
  start: fc.nat(40),
  length: fc.integer({ min: 1, max: 40 }),
  event: fc.constantFrom("ok", "crash before the write", "crash after the write", "overtaken"),
  isWarm: fc.boolean(),
});

describe("any history of deliveries", () => {
  it("counts every good record that was delivered exactly once", async () => {
    const counties = fc.array(fc.option(fc.constantFrom("Delaware", "Essex", "Kings"), { nil: undefined }), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(counties, fc.array(delivery, { maxLength: 12 }), async (shard, deliveries) => {
        const db = new FakeDynamoDB();
        const records = batchOf(shard);
        let counter = environment(db);
        // A mapping delivers in order: a batch begins at or before the first record that was not delivered yet.
        let frontier = 0;
        for (const { start, length, event, isWarm } of deliveries) {
          const from = Math.min(start, frontier);
          const batch = records.slice(from, Math.max(from + 1, Math.min(from + length, records.length)));
          if (!isWarm) counter = environment(db);
          inject(db, event, batch);
          const isDone = await counter.count(SHARD, batch).then(
            () => true,
            () => false,
          );
          db.beforeWrite = db.afterWrite = () => {};
          if (isDone) frontier = Math.min(records.length - 1, Math.max(frontier, from + batch.length));
        }
        await counter.count(SHARD, records.slice(frontier));
        expect(db.totals()).toEqual(expected(shard));
      }),
      { seed: 20261121, numRuns: 500 },
    );
  });
});

function inject(db: FakeDynamoDB, event: string, batch: readonly DecodedRecord[]): void {
  const fail = () => {
    throw new Error("crash");
  };
  if (event === "crash before the write") db.beforeWrite = fail;
  if (event === "crash after the write") db.afterWrite = fail;
  if (event === "overtaken") {
    db.beforeWrite = async () => {
      db.beforeWrite = () => {};
      await environment(db).count(SHARD, batch.slice(0, Math.ceil(batch.length / 2)));
    };
  }
}

function expected(shard: readonly (string | undefined)[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const county of shard) if (county !== undefined) totals[county] = (totals[county] ?? 0) + 1;
  return totals;
}
