import { BatchWriteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { refusal, S, validation } from "../dynamodb/support.ts";
import { drain, HOUR_MS, iterator, read, shardsOf, useStreams } from "./support.ts";

const on = useStreams();
const { client, streams, streamed } = on;

const MINUTE_MS = 60_000;
const put = (TableName: string, pk: string) => client.send(new PutItemCommand({ TableName, Item: { pk: S(pk) } }));
const keysOf = (records: Awaited<ReturnType<typeof drain>>) => records.map(({ dynamodb }) => dynamodb?.Keys?.["pk"]?.S);
const advance = (ms: number) => on.target.clock.advance(ms);

describe("GetRecords", () => {
  it("gives 1,000 records at most", async () => {
    const { table, arn } = await streamed("KEYS_ONLY");
    for (let first = 0; first < 1010; first += 25) {
      const RequestItems = {
        [table]: Array.from({ length: 25 }, (_, index) => ({ PutRequest: { Item: { pk: S(`pk-${first + index}`) } } })),
      };
      await client.send(new BatchWriteItemCommand({ RequestItems }));
    }
    const [shard] = await shardsOf(streams, arn);
    const first = await read(streams, await iterator(streams, arn, shard?.ShardId));
    expect(first.Records).toHaveLength(1000);
    const second = await read(streams, first.NextShardIterator);
    expect(second.Records).toHaveLength(25);
    expect(await refusal(read(streams, second.NextShardIterator, 1001))).toBe(
      validation(
        "1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: " +
          "Member must have value less than or equal to 1000",
      ),
    );
  });

  it("gives 1 MB at most, but always a record", async () => {
    const { table, arn } = await streamed();
    const large = (pk: string, letter: string) =>
      client.send(new PutItemCommand({ TableName: table, Item: { pk: S(pk), text: S(letter.repeat(390_000)) } }));
    for (const letter of ["x", "y"]) await large("a", letter);
    for (const pk of ["b", "c"]) await large(pk, "z");
    const [shard] = await shardsOf(streams, arn);
    const pages: number[] = [];
    let next: string | undefined = await iterator(streams, arn, shard?.ShardId);
    for (let page = 0; page < 4; page++) {
      const answer: Awaited<ReturnType<typeof read>> = await read(streams, next);
      pages.push(answer.Records?.length ?? 0);
      next = answer.NextShardIterator;
    }
    // 390 KB, 780 KB and two of 390 KB: the second would make 1.17 MB of the first page
    expect(pages).toEqual([1, 1, 2, 0]);
  });

  it("has no next iterator at the end of a closed shard, exactly at its end too", async () => {
    const { table, arn } = await streamed();
    for (const pk of ["a", "b"]) await put(table, pk);
    const [shard] = await shardsOf(streams, arn);
    const waiting = (await read(streams, await iterator(streams, arn, shard?.ShardId))).NextShardIterator;
    await advance(4 * HOUR_MS);
    expect(await refusal(read(streams, waiting))).toContain("ExpiredIteratorException");
    const one = await read(streams, await iterator(streams, arn, shard?.ShardId), 1);
    expect(one.NextShardIterator).toBeDefined();
    const two = await read(streams, one.NextShardIterator, 1);
    expect(keysOf(two.Records ?? [])).toEqual(["b"]);
    expect(two.NextShardIterator).toBeUndefined();
  });

  it("refuses iterators that are old, changed or none", async () => {
    const { arn } = await streamed();
    const [shard] = await shardsOf(streams, arn);
    const other = (await streamed()).arn;
    const token = await iterator(streams, arn, shard?.ShardId);
    for (const wrong of ["x", `${token}x`, token.slice(0, -8), token.replace(arn, other)]) {
      expect(await refusal(read(streams, wrong))).toBe(validation("Invalid ShardIterator"));
    }
    await advance(15 * MINUTE_MS);
    expect((await read(streams, token)).Records).toEqual([]);
    await advance(1);
    expect(await refusal(read(streams, token))).toContain("ExpiredIteratorException");
  });
});

describe("after 24 hours", () => {
  it("records are trimmed, and whoever asks for them is told", async () => {
    const { table, arn } = await streamed();
    await put(table, "old");
    await advance(HOUR_MS);
    await put(table, "young");
    const [shard] = await shardsOf(streams, arn);
    const records = await drain(streams, await iterator(streams, arn, shard?.ShardId));
    const [old, young] = records.map(({ dynamodb }) => dynamodb?.SequenceNumber);
    await advance(23 * HOUR_MS - MINUTE_MS);
    const horizon = await iterator(streams, arn, shard?.ShardId);
    await advance(MINUTE_MS);

    const trimmed = "TrimmedDataAccessException: The data you are trying to access has been trimmed";
    expect(await refusal(read(streams, horizon))).toBe(trimmed);
    const ask = (
      ShardIteratorType: "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER",
      SequenceNumber: string | undefined,
    ) => iterator(streams, arn, shard?.ShardId, { ShardIteratorType, SequenceNumber });
    expect(await refusal(ask("AT_SEQUENCE_NUMBER", old))).toBe(trimmed);
    expect(await refusal(ask("AFTER_SEQUENCE_NUMBER", old))).toBe(trimmed);
    expect(keysOf(await drain(streams, await ask("AT_SEQUENCE_NUMBER", young)))).toEqual(["young"]);
    expect(keysOf(await drain(streams, await iterator(streams, arn, shard?.ShardId)))).toEqual(["young"]);
  });

  it("so are shards, for those who stand in them", async () => {
    const { arn } = await streamed();
    const [shard] = await shardsOf(streams, arn);
    const lifetime = 4 * HOUR_MS;
    await advance(lifetime + 24 * HOUR_MS - MINUTE_MS);
    const at = await iterator(streams, arn, shard?.ShardId);
    expect((await read(streams, at)).NextShardIterator).toBeUndefined();
    await advance(MINUTE_MS);
    expect((await shardsOf(streams, arn)).map(({ ShardId }) => ShardId)).not.toContain(shard?.ShardId);
    expect(await refusal(read(streams, at))).toMatch(/^TrimmedDataAccessException: /);
    expect(await refusal(iterator(streams, arn, shard?.ShardId))).toMatch(/^ResourceNotFoundException: /);
  });
});
