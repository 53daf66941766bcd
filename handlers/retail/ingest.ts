import { Logger } from "@aws-lambda-powertools/logger";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { answer, apiHandler, BadRequest, jsonBody } from "../api-answer.ts";
import { environment } from "../environment.ts";
import { NotStored } from "../until-stored.ts";
import { type InvoiceLine, invoiceLineOf } from "./invoice-line.ts";
import { LineStream } from "./line-stream.ts";

const logger = new Logger({ serviceName: "retail-ingest" });
// HTTP/1.1 on connections that are kept: the client's own choice is an HTTP/2 session for each call, and LocalStack ends sessions
// while calls are under way
const client = new KinesisClient({ requestHandler: new NodeHttpHandler() });
const stream = new LineStream(client, environment("STREAM_NAME"));

/** What PutRecords takes. */
const MOST_ROWS = 500;

/** What is left of the invocation's time when it ends to try: for an attempt under way, and for the answer. */
const ANSWERING_MS = 4000;

/**
 * POST /invoices: one row, or an array of rows, onto the stream; 202 with the sequence numbers, in the order of the rows. 503 when
 * the stream does not take them all in time.
 */
export const handler = apiHandler(logger, ingest, "rows refused");

async function ingest(
  { body, isBase64Encoded }: APIGatewayProxyEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<APIGatewayProxyResult> {
  const value = jsonBody(body, isBase64Encoded);
  const lines = Array.isArray(value) ? linesOf(value) : [invoiceLineOf(value)];
  try {
    const stored = await stream.put(lines, context.getRemainingTimeInMillis() - ANSWERING_MS);
    logger.info("rows accepted", { rows: lines.length });
    return answer(202, { records: stored });
  } catch (error) {
    if (!(error instanceof NotStored)) throw error;
    logger.warn("rows not stored", error);
    return tryAgain(lines.length, error as NotStored<number>);
  }
}

/** The rows that are not stored are named by their places, so that they can be sent again alone. */
const tryAgain = (rows: number, { entries }: NotStored<number>): APIGatewayProxyResult =>
  answer(
    503,
    {
      message: `${entries.length} of ${rows} rows are not stored, as the stream takes no more: send them again.`,
      rows: entries,
    },
    { "Retry-After": "1" },
  );

function linesOf(rows: readonly unknown[]): InvoiceLine[] {
  if (rows.length === 0) throw new BadRequest("There are no rows.");
  if (rows.length > MOST_ROWS) throw new BadRequest(`There are ${rows.length} rows: ${MOST_ROWS} are the most.`);
  return rows.map((row, index) => {
    try {
      return invoiceLineOf(row);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      throw new BadRequest(`Row ${index}: ${error.message}`, error.field);
    }
  });
}
