import { randomUUID } from "node:crypto";
import { FirehoseClient, PutRecordCommand } from "@aws-sdk/client-firehose";
import type { DeviceEvent } from "../../handlers/iot/device-event.ts";
import { NewLines, StoreClient } from "../shared/store-client.ts";
import { type PipelineBench, runProducer } from "./load.ts";

const FASTEST = 1e9;

const buffered = (seconds: number) => ({
  label: `buffers of ${seconds} s`,
  parameters: { BufferIntervalInSeconds: String(seconds), FunctionBufferIntervalInSeconds: String(seconds) },
});

const eventOf = (id: string): DeviceEvent => ({
  event_id: id,
  device_id: "device-001",
  timestamp: new Date().toISOString(),
  temperature_celsius: 20.5,
  humidity_percent: 40,
  battery_percent: 99,
});

/** An event is stored when an object under processed/ has its line. As shipped, buffers wait for 60 s. */
export const iot: PipelineBench = {
  name: "iot",
  settings: [buffered(0), buffered(1)],
  events: 20_000,
  producer: "`headwater produce iot`, PutRecordBatch",

  async open(deployed) {
    const { target, outputs } = deployed;
    const store = await StoreClient.connect(target.clientConfig.endpoint!);
    const firehose = new FirehoseClient(target.clientConfig);
    const objects = new NewLines(store, outputs["DataLakeBucketName"]!, "processed/");
    const seen = new Set<string>();
    const look = async () => {
      for (const line of await objects.next()) seen.add((JSON.parse(line) as DeviceEvent).event_id);
    };
    return {
      async send() {
        const id = randomUUID();
        await firehose.send(
          new PutRecordCommand({
            DeliveryStreamName: outputs["DeliveryStreamName"],
            Record: { Data: Buffer.from(JSON.stringify(eventOf(id))) },
          }),
        );
        return id;
      },
      async stored(pending) {
        await look();
        return pending.filter((id) => seen.has(id));
      },
      produce: (count) =>
        runProducer(deployed, "iot", { devices: 12, rate: FASTEST, malformedShare: 0, limit: count }, count),
      async countStored() {
        await look();
        return seen.size;
      },
      close() {
        firehose.destroy();
        store.close();
      },
    };
  },
};
