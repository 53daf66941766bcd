import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { emulator } from "headwater/jest";
import { deploy } from "./deploy";
import { totals } from "./totals";

it("sums up what is put on the stream", async () => {
  const { Stream, Table } = await deploy();
  const orders = Array.from({ length: 100 }, (_, n) => ({ customer: n % 2 ? "ada" : "grace", amount: n }));
  await new KinesisClient().send(
    new PutRecordsCommand({
      StreamName: Stream,
      Records: orders.map((order) => ({ PartitionKey: order.customer, Data: Buffer.from(JSON.stringify(order)) })),
    }),
  );

  const sums = await emulator.eventually("all orders are summed up", async () => {
    const stored = await totals(Table);
    return (stored["ada"] ?? 0) + (stored["grace"] ?? 0) === 4950 ? stored : undefined;
  });
  expect(sums).toEqual({ ada: 2500, grace: 2450 });
});
