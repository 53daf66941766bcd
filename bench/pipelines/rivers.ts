import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PutRecordCommand } from "@aws-sdk/client-kinesis";
import { parse } from "csv-parse/sync";
import { PACKAGE_ROOT } from "../../cli/package.ts";
import { kinesisClient } from "../../producer/kinesis-client.ts";
import { rivers as encoder } from "../../producer/rivers.ts";
import { StoreClient } from "../shared/store-client.ts";
import { type PipelineBench, runProducer } from "./load.ts";

const file = join(PACKAGE_ROOT, "data", "rivers.csv");
const FASTEST = 1e9;

/**
 * An event is stored when its shard's checkpoint has reached its sequence number: the function writes that and the counts in
 * one transaction.
 */
export const rivers: PipelineBench = {
  name: "rivers",
  settings: [
    { label: "batching window 0", parameters: { MaximumBatchingWindowInSeconds: "0" } },
    { label: "as shipped (window 1 s)", parameters: {} },
  ],
  events: 20_000,
  producer: "`headwater produce rivers`, PutRecords",

  async open(deployed) {
    const { target, outputs } = deployed;
    const store = await StoreClient.connect(target.clientConfig.endpoint!);
    const kinesis = kinesisClient(target.clientConfig);
    const rows = parse<Record<string, string>>(readFileSync(file), { columns: true, bom: true });
    let sent = 0;
    return {
      async send() {
        const record = encoder.encode(rows[sent++ % rows.length]!, new Date());
        if ("problem" in record) throw new Error(record.problem);
        const { ShardId, SequenceNumber } = await kinesis.send(
          new PutRecordCommand({
            StreamName: outputs["StreamName"],
            PartitionKey: record.partitionKey,
            Data: record.data,
          }),
        );
        return `${ShardId} ${SequenceNumber}`;
      },
      async stored(pending) {
        const reached = new Map<string, string>();
        for (const { ShardId, SequenceNumber } of await store.scan(outputs["CheckpointsTableName"]!)) {
          reached.set(ShardId!.S!.split("/").at(-1)!, SequenceNumber!.S!);
        }
        return pending.filter((id) => {
          const [shard = "", sequenceNumber = ""] = id.split(" ");
          return (reached.get(shard) ?? "") >= sequenceNumber;
        });
      },
      produce: (count) =>
        runProducer(deployed, "rivers", { file, rate: FASTEST, limit: count, loop: true, onBadRow: "fail" }, count),
      async countStored() {
        const items = await store.scan(outputs["CountsTableName"]!);
        return items.reduce((sum, { Count }) => sum + Number(Count?.N), 0);
      },
      close() {
        kinesis.destroy();
        store.close();
      },
    };
  },
};
