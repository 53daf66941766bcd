import { PutRecordCommand } from "@aws-sdk/client-kinesis";
import { kinesisClient } from "../../producer/kinesis-client.ts";
import { linesAreLost, streamIsNotRead, type Way } from "./checks.ts";
import type { Checks } from "./suite.ts";
import type { Workbench } from "./workbench.ts";

/** What is to arrive after all has to be tried again until then. */
export const PATIENT = { MaximumBatchingWindowInSeconds: "0", MaximumRetryAttempts: "1000" };

export const NO_JSON = "no json";

/** A consumer's permissions that do not depend on what it does with the records. */
export const reading = (bench: Workbench, role: string, mappingId: string, way: Way): Checks =>
  Object.fromEntries(
    ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"].map((operation) => [
      `${role} ReadStream kinesis:${operation}`,
      streamIsNotRead(bench, mappingId, way),
    ]),
  );

export const logging = (bench: Workbench, role: string, functionId: string, run: () => Promise<unknown>): Checks =>
  Object.fromEntries(
    ["CreateLogStream", "PutLogEvents"].map((operation) => [
      `${role} WriteLogs logs:${operation}`,
      linesAreLost(bench, functionId, run),
    ]),
  );

export async function putOnStream(bench: Workbench, data: unknown): Promise<void> {
  await kinesisClient(bench.pipeline.target.clientConfig).send(
    new PutRecordCommand({
      StreamName: bench.physical("Stream"),
      PartitionKey: "key",
      Data: Buffer.from(typeof data === "string" ? data : JSON.stringify(data)),
    }),
  );
}

/** A way whose run ends when the event is stored. */
export const through =
  ({ send, isStored }: Way, bench: Workbench) =>
  async () => {
    const id = await send();
    await bench.eventually(() => isStored(id), Boolean);
  };
