import { PutRecordCommand } from "@aws-sdk/client-kinesis";
import { kinesisClient } from "../../producer/kinesis-client.ts";
import { kinesisStream, makeSingleAttemptClient } from "../../producer/put-records.ts";
import { RecordSender } from "../../producer/record-sender.ts";
import { StoreClient } from "../shared/store-client.ts";
import type { PipelineBench } from "./load.ts";

const STATIONS = 40;
const FIRST_DAY_MS = Date.UTC(1900, 0, 1);
const DAY_MS = 86_400_000;
/** BatchGetItem's 100 keys, over two tables. */
const LOOKED_AT = 50;

/** Made-up observations, each of another station and day, so that each is an item of its own. */
function observation(index: number) {
  return {
    Station: `BENCH${String(index % STATIONS).padStart(6, "0")}`,
    Date: new Date(FIRST_DAY_MS + Math.floor(index / STATIONS) * DAY_MS).toISOString().slice(0, "YYYY-MM-DD".length),
    PrecipitationMm: (index % 97) / 10,
    SnowfallMm: 0,
    MinimumTemperatureF: 30 + (index % 41),
    MaximumTemperatureF: 50 + (index % 37),
  };
}

const bytesOf = (value: object) => Buffer.from(JSON.stringify(value));

/** An observation is stored when both tables have it. */
export const weather: PipelineBench = {
  name: "weather",
  settings: [
    { label: "batching window 0", parameters: { MaximumBatchingWindowInSeconds: "0" } },
    { label: "as shipped (window 1 s)", parameters: {} },
  ],
  events: 8_000,
  // NOAA's interface gives 1,000 observations a request and 5 requests a second: that would be measured
  producer: "the producer's sender without NOAA's interface, PutRecords",

  async open({ target, outputs }) {
    const store = await StoreClient.connect(target.clientConfig.endpoint!);
    const kinesis = kinesisClient(target.clientConfig);
    const StreamName = outputs["StreamName"]!;
    const tables = [outputs["StationsTableName"]!, outputs["DaysTableName"]!];
    let made = 0;
    return {
      async send() {
        const each = observation(made++);
        await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: each.Station, Data: bytesOf(each) }));
        return `${each.Station} ${each.Date}`;
      },
      async stored(pending) {
        const keys = pending.slice(0, LOOKED_AT).map((id) => {
          const [station = "", date = ""] = id.split(" ");
          return { Station: { S: station }, Date: { S: date } };
        });
        const found = await store.get(Object.fromEntries(tables.map((table) => [table, keys])));
        const [stations, days] = tables.map(
          (table) => new Set((found[table] ?? []).map((item) => `${item["Station"]!.S} ${item["Date"]!.S}`)),
        );
        return [...stations!].filter((id) => days!.has(id));
      },
      async produce(count) {
        const client = makeSingleAttemptClient(target.clientConfig);
        const sender = new RecordSender(kinesisStream(client, StreamName));
        for (let sent = 0; sent < count; sent++) {
          const each = observation(made++);
          await sender.send({ partitionKey: each.Station, data: bytesOf(each) });
        }
        await sender.drain();
        client.destroy();
      },
      async countStored() {
        const counts: number[] = [];
        for (const table of tables) counts.push(await store.count(table));
        return Math.min(...counts);
      },
      close() {
        kinesis.destroy();
        store.close();
      },
    };
  },
};
