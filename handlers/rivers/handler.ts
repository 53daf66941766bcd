import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisStreamEvent, KinesisStreamHandler } from "aws-lambda";
import { environment } from "../environment.ts";
import { BatchCounter } from "./batch-counter.ts";
import { CountTables } from "./count-tables.ts";
import { decodeRecord } from "./decode-record.ts";

const logger = new Logger({ serviceName: "rivers" });
const counter = new BatchCounter(
  new CountTables(new DynamoDBClient(), {
    counts: environment("COUNTS_TABLE"),
    checkpoints: environment("CHECKPOINTS_TABLE"),
  }),
);

/** Malformed records named in one log line; all of them are reported to the event source mapping. */
const LOGGED_FAILURES = 10;

/**
 * Counts the rows of one batch by county: one item a county, each record counted once however often and in whatever
 * batches it is delivered. Malformed records are reported one by one, so that they end at the on-failure destination.
 */
export const handler: KinesisStreamHandler = async (event, context) => {
  logger.addContext(context);
  const shard = shardOf(event);
  const batch = event.Records.map(decodeRecord);
  const malformed = batch.filter((record) => record.malformed !== undefined);
  const { counted, counties } = await counter.count(shard, batch);

  const repeated = batch.length - counted - malformed.length;
  logger.info("batch counted", {
    shard,
    records: batch.length,
    counted,
    counties,
    repeated,
    malformed: malformed.length,
  });
  if (malformed.length > 0) logger.warn("malformed records", { shard, malformed: malformed.slice(0, LOGGED_FAILURES) });
  return { batchItemFailures: malformed.map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })) };
};

/** "STREAM_ARN/SHARD_ID": a batch holds records of one shard, which the counting relies on. */
function shardOf(event: KinesisStreamEvent): string {
  const shards = new Set(event.Records.map((record) => `${record.eventSourceARN}/${record.eventID.split(":")[0]}`));
  const [shard] = shards;
  if (shard === undefined || shards.size > 1) throw new Error(`a batch of one shard expected, not of ${shards.size}`);
  return shard;
}
