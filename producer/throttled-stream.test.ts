import { afterAll, describe, expect, it } from "@jest/globals";
import { NotStored } from "../handlers/until-stored.ts";
import { iterator, read, texts, useKinesis } from "../conformance/kinesis/support.ts";
import { eventually } from "../conformance/target.ts";
import { kinesisStream, makeSingleAttemptClient } from "./put-records.ts";
import { RecordSender } from "./record-sender.ts";

const { kinesis, target, stream } = useKinesis("on");
const client = makeSingleAttemptClient(target.clientConfig());
afterAll(() => client.destroy());

/** What a shard takes in three seconds. */
const RECORDS = Array.from({ length: 3000 }, (_, index) => `record ${index}`);

async function sendAll(sender: RecordSender): Promise<void> {
  for (const text of RECORDS) await sender.send({ partitionKey: text, data: Buffer.from(text) });
  await sender.drain();
}

describe("a producer of more than a shard takes", () => {
  it("goes on until all is stored, once", async () => {
    const name = await stream(1);
    const sender = new RecordSender(kinesisStream(client, name));
    const sending = sendAll(sender);
    for (let second = 1; second <= 2; second++) {
      const { retried } = sender.stats;
      await eventually(`what the shard takes in second ${second} is stored, and more is refused`, async () =>
        sender.stats.sent === second * 1000 && sender.stats.retried > retried ? true : undefined,
      );
      await target.clock.advance(1000);
    }
    await sending;
    expect(sender.stats).toMatchObject({ sent: 3000, uncertain: 0 });
    expect(texts(await read(kinesis, await iterator(kinesis, name))).toSorted()).toEqual(RECORDS.toSorted());
  });

  it("says at the end of its patience how many records are not stored, and why", async () => {
    const name = await stream(1);
    const sender = new RecordSender(kinesisStream(client, name), { totalMs: 300 });
    const failure = await sendAll(sender).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotStored);
    expect((failure as NotStored).message).toBe(
      "Given up: 2000 records were not stored. ProvisionedThroughputExceededException: " +
        `Rate exceeded for shard shardId-000000000000 in stream ${name} under account 000000000000.`,
    );
    expect((failure as NotStored).entries).toHaveLength(2000);
    expect(sender.stats.sent).toBe(1000);
    expect(texts(await read(kinesis, await iterator(kinesis, name)))).toHaveLength(1000);
  });
});
