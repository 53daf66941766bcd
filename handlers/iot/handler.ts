import { Logger } from "@aws-lambda-powertools/logger";
import type { FirehoseTransformationHandler, FirehoseTransformationResultRecord } from "aws-lambda";
import { decodeEvents, linesOf } from "./device-event.ts";

const logger = new Logger({ serviceName: "iot" });

/**
 * Turns each record into lines of JSON, one an event. A malformed record is answered as ProcessingFailed: Firehose keeps it,
 * as it came, under its error prefix.
 */
export const handler: FirehoseTransformationHandler = async (event, context) => {
  logger.addContext(context);
  const failures: { recordId: string; reason: string }[] = [];
  const records = event.records.map(({ recordId, data }): FirehoseTransformationResultRecord => {
    try {
      return { recordId, result: "Ok", data: Buffer.from(linesOf(decodeEvents(data))).toString("base64") };
    } catch (error) {
      failures.push({ recordId, reason: (error as Error).message });
      // Firehose keeps the record as it came; LocalStack would write what is said here among the events
      return { recordId, result: "ProcessingFailed", data: "" };
    }
  });
  logger.info("batch transformed", { records: records.length, malformed: failures.length });
  if (failures.length > 0) logger.warn("malformed records", { malformed: failures.slice(0, 10) });
  return { records };
};
