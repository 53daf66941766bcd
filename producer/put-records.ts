import { type KinesisClient, type KinesisClientConfig, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { kinesisClient } from "./kinesis-client.ts";
import { type Receiver, REQUEST_TIMEOUT_MS } from "./record-sender.ts";

/**
 * A client whose calls are single attempts. The sender does the retries itself: only it can send the refused entries
 * of a batch alone, and a hidden retry of a call that only lost its answer would store every record twice.
 */
export function makeSingleAttemptClient(config: KinesisClientConfig): KinesisClient {
  return kinesisClient({ ...config, retryStrategy: undefined, maxAttempts: 1 }, REQUEST_TIMEOUT_MS);
}

/** A Kinesis stream. PutRecords takes 500 records and 5 MB, keys included. */
export const kinesisStream = (client: Pick<KinesisClient, "send">, streamName: string): Receiver => ({
  mostRecords: 500,
  mostBytes: 5 * 1024 * 1024,
  async put(batch) {
    const Records = batch.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data }));
    const answer = await client.send(new PutRecordsCommand({ StreamName: streamName, Records }));
    return (answer.Records ?? []).map(({ ErrorCode, ErrorMessage }) => ({ code: ErrorCode, message: ErrorMessage }));
  },
});
