/** @jest-environment-options {"headwater": {"clock": "manual"}} */
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { emulator } from "headwater/jest";
import { deploy } from "./deploy";
import { totals } from "./totals";

it("waits for the batching window, which the test lets pass", async () => {
  const { Stream, Table } = await deploy({ BatchingWindowSeconds: "60" });
  const order = { customer: "ada", amount: 3 };
  await new KinesisClient().send(
    new PutRecordCommand({ StreamName: Stream, PartitionKey: "ada", Data: Buffer.from(JSON.stringify(order)) }),
  );
  const putAt = emulator.clock.now();

  await emulator.clock.advance(59_000);
  expect(await totals(Table)).toEqual({});

  await emulator.clock.advance(1_000);
  const sums = await emulator.eventually("the order is summed up", async () => {
    const stored = await totals(Table);
    return stored["ada"] === undefined ? undefined : stored;
  });
  expect(sums).toEqual({ ada: 3 });
  expect(emulator.clock.now() - putAt).toBeGreaterThanOrEqual(60_000);
});
