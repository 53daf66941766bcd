import { FirehoseClient, type FirehoseClientConfig, PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import { type Receiver, REQUEST_TIMEOUT_MS } from "./record-sender.ts";

/** A client whose calls are single attempts, as the sender does the retries itself: record by record. */
export function makeSingleAttemptFirehose(config: FirehoseClientConfig): FirehoseClient {
  return new FirehoseClient({
    ...config,
    retryStrategy: undefined,
    maxAttempts: 1,
    requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true },
  });
}

/** A Firehose stream. PutRecordBatch takes 500 records and 4 MiB. */
export const firehoseStream = (client: Pick<FirehoseClient, "send">, name: string): Receiver => ({
  mostRecords: 500,
  mostBytes: 4 * 1024 * 1024,
  async put(batch) {
    const Records = batch.map(({ data }) => ({ Data: data }));
    const answer = await client.send(new PutRecordBatchCommand({ DeliveryStreamName: name, Records }));
    const results = answer.RequestResponses ?? [];
    return results.map(({ ErrorCode, ErrorMessage }) => ({ code: ErrorCode, message: ErrorMessage }));
  },
});
