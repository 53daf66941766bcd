import { randomUUID } from "node:crypto";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { findPipeline } from "../../cli/pipelines/index.ts";
import type { SensorEvent } from "../../handlers/sensors/sensor-event.ts";
import { StoreClient } from "../shared/store-client.ts";
import { type PipelineBench, runProducer } from "./load.ts";

const WORKERS = 8;

const eventOf = (): SensorEvent => ({
  id: randomUUID(),
  sensor_id: randomUUID(),
  temperature: 21.25,
  epoch: Math.floor(Date.now() / 1000),
});

/** An event is stored when it is answered with 201: the object that the answer names is there. */
export const sensors: PipelineBench = {
  name: "sensors",
  // the plan's own rate of 500 requests a second is not what is to be measured
  settings: [{ label: "usage plan wide open", parameters: { RateLimit: "100000", BurstLimit: "100000" } }],
  events: 2_000,
  producer: `\`headwater produce sensors --n-workers ${WORKERS} --max-delay 0\`, a POST an event`,

  async open(deployed) {
    const { target, outputs } = deployed;
    const environment = await (await findPipeline("sensors").load()).environment!(deployed);
    const api = { url: environment["API_URL"]!, key: environment["API_KEY"]! };
    const s3 = new S3Client(target.s3Config);
    const store = await StoreClient.connect(target.clientConfig.endpoint!);
    return {
      async send() {
        const event = eventOf();
        const response = await fetch(`${api.url}/events`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-api-key": api.key },
          body: JSON.stringify(event),
        });
        const text = await response.text();
        if (response.status !== 201) throw new Error(`HTTP ${response.status}: ${text}`);
        const { bucket, key } = JSON.parse(text) as { bucket: string; key: string };
        return `${bucket} ${key}`;
      },
      async check(id) {
        const [Bucket, Key] = id.split(" ");
        await s3.send(new HeadObjectCommand({ Bucket, Key }));
      },
      produce: (count) =>
        runProducer(deployed, "sensors", { nEvents: count, nWorkers: WORKERS, maxDelay: 0, api }, count),
      countStored: async () => (await store.keys(outputs["EventsBucketName"]!, "events/")).length,
      close() {
        s3.destroy();
        store.close();
      },
    };
  },
};
