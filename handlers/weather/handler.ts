import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisStreamHandler } from "aws-lambda";
import { writeItems } from "../batch-writer.ts";
import { deaggregate } from "../deaggregate.ts";
import { environment } from "../environment.ts";
import { reportEach, takeEach } from "../kinesis-batch.ts";
import { decodeObservation, itemOf, type Observation } from "./observation.ts";

const logger = new Logger({ serviceName: "weather" });
const client = new DynamoDBClient();
/** They hold the same items under other keys. */
const tables = [environment("STATIONS_TABLE"), environment("DAYS_TABLE")];

/**
 * Stores the observations of one batch in both tables. A batch that is delivered again overwrites itself. Producers may aggregate
 * records. Malformed records are reported one by one.
 */
export const handler: KinesisStreamHandler = async (event, context) => {
  logger.addContext(context);
  const observations = new Map<string, Observation>();
  const records = deaggregate(event.Records);
  const malformed = takeEach(records, ({ data }) => {
    const observation = decodeObservation(data);
    // the later record of a station's day is the one that stays, as it is in the stream's order
    observations.set(`${observation.Station} ${observation.Date}`, observation);
  });
  const items = [...observations.values()].map(itemOf);
  await writeItems(
    client,
    tables.flatMap((table) => items.map((item) => ({ table, item }))),
  );
  logger.info("batch stored", {
    records: records.length,
    stored: observations.size,
    malformed: malformed.length,
  });
  return reportEach(logger, malformed);
};
