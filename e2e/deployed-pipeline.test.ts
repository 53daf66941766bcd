import { PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { describe, expect, it } from "@jest/globals";
import { kinesisClient } from "../producer/kinesis-client.ts";
import { usePipeline } from "./deployed-pipeline.ts";
import { itemsOf } from "./stored.ts";

const pipeline = usePipeline("rivers", { MaximumBatchingWindowInSeconds: "0" });

describe("DeployedPipeline", () => {
  it("tells at the end of its patience what was stored, the mapping's state, and the function's last lines", async () => {
    const kinesis = kinesisClient(pipeline.target.clientConfig);
    await kinesis.send(
      new PutRecordsCommand({
        StreamName: pipeline.output("StreamName"),
        Records: [{ PartitionKey: "key", Data: Buffer.from('{"County":"Essex"}') }],
      }),
    );
    kinesis.destroy();
    const stored = async () => {
      const items = await itemsOf(pipeline.target, pipeline.output("CountsTableName"));
      return items.map(({ County, Count }) => `${County?.S} ${Count?.N}`);
    };
    await pipeline.eventually(stored, ({ length }) => length > 0);

    const failure = await pipeline
      .eventually(stored, ({ length }) => length > 1, 0)
      .then(
        () => "",
        (error: Error) => error.message,
      );
    expect(failure).toContain('Not within 0 ms; at last: ["Essex 1"]');
    expect(failure).toMatch(/^mapping of rivers-count-by-county: State Enabled, LastProcessingResult \w+/m);
    expect(failure).toMatch(/^last lines of rivers-count-by-county:\n( {2}.*\n)* {2}.*"batch counted"/m);
  });
});
