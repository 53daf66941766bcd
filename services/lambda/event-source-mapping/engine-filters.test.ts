import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { keys, MappingHarness } from "./mapping-harness.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("filters of a stream", () => {
  let run: MappingHarness;

  beforeEach(() => {
    run = new MappingHarness();
  });

  afterEach(async () => {
    await run.stop();
  });

  const put = (...data: string[]) => data.flatMap((text) => run.aws.put("shard-0", keys(1), base64(text)));
  const wanting = (...patterns: object[]) => ({ filters: patterns.map((pattern) => JSON.stringify(pattern)) });

  it("let matching records through only, and the checkpoint goes over the others", async () => {
    const batches = run.collect();
    const mapping = await run.create(wanting({ data: { kind: ["a"] } }));
    const all = put('{"kind":"b"}', '{"kind":"a"}', '{"kind":"b"}', '{"kind":"a"}', '{"kind":"c"}');
    await run.aws.until("both", () => batches.flat().length === 2);
    expect(batches.flat()).toEqual([all[1], all[3]]);
    await run.aws.until("the end of the shard", () => JSON.stringify(run.position(mapping)).includes(String(all[4])));
  });

  it("move the checkpoint without the function where nothing matches", async () => {
    const batches = run.collect();
    const mapping = await run.create(wanting({ data: { kind: ["a"] } }));
    const all = put('{"kind":"b"}', '{"kind":"c"}');
    await run.aws.until("checkpoint", () => JSON.stringify(run.position(mapping)).includes(String(all[1])));
    expect(batches).toEqual([]);
  });

  it("work before batches are cut: a batch is full of records that match", async () => {
    const batches = run.collect();
    const kinds = Array.from({ length: 20 }, (_, index) => `{"kind":"${index % 4 === 0 ? "a" : "b"}"}`);
    put(...kinds);
    await run.create({ ...wanting({ data: { kind: ["a"] } }), batchSize: 5 });
    await run.aws.until("all that match", () => batches.flat().length === 5);
    expect(batches).toHaveLength(1);
  });

  it("do not pass the checkpoint over a record that still fails", async () => {
    const batches = run.collect(() => true);
    const mapping = await run.create(wanting({ data: { kind: ["a"] } }));
    const all = put('{"kind":"b"}', '{"kind":"a"}', '{"kind":"b"}');
    await run.aws.stepUntil("checkpoint", () => JSON.stringify(run.position(mapping)).includes(String(all[0])));
    await run.aws.clock.advance(1000);
    await run.aws.rest();
    expect(run.position(mapping)).toEqual({ kind: "after", sequenceNumber: all[0] });
    expect(batches).toEqual([]);
  });

  it("on data drop what is no JSON; on metadata alone they do not look at it", async () => {
    const batches = run.collect();
    await run.create(wanting({ data: { kind: ["a"] } }, { partitionKey: ["wanted"] }));
    const [, json] = put("no json", '{"kind":"a"}');
    const [plain] = run.aws.put("shard-0", ["wanted"], base64("no json either"));
    await run.aws.until("both", () => batches.flat().length === 2);
    expect(batches.flat()).toEqual([json, plain]);
  });

  it.each([
    ["in alternatives", { $or: [{ data: { kind: ["a"] } }, { data: { n: [1] } }] }],
    ["by names with dots", { "data.kind": ["a"] }],
    ["in the member that holds it", { kinesis: { data: { kind: ["a"] } } }],
    ["beside metadata", { partitionKey: ["k0"], eventName: ["aws:kinesis:record"], data: { kind: ["a"] } }],
  ])("find the data %s", async (_where, pattern) => {
    const batches = run.collect();
    await run.create(wanting(pattern));
    const [, wanted] = put("no json", '{"kind":"a"}', '{"kind":"b"}');
    await run.aws.until("the one", () => batches.flat().length === 1);
    expect(batches.flat()).toEqual([wanted]);
  });

  it("pass many records that do not match without keeping any", async () => {
    const batches = run.collect();
    const mapping = await run.create({ ...wanting({ partitionKey: ["wanted"] }), batchSize: 10 });
    const others = run.aws.put(
      "shard-0",
      Array.from({ length: 20_000 }, () => "other"),
    );
    await run.aws.until("the end", () => JSON.stringify(run.position(mapping)).includes(String(others.at(-1))));
    expect(batches).toEqual([]);
    expect(run.engine.status().mappings[0]?.shards[0]).toMatchObject({
      waiting: 0,
      iteratorAgeMs: 0,
      isAtTip: true,
      counts: { read: 20_000, filtered: 20_000 },
    });
  });
});
