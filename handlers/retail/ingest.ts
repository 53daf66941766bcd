import { Logger } from "@aws-lambda-powertools/logger";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { answer, apiHandler, BadRequest, jsonBody } from "../api-answer.ts";
import { environment } from "../environment.ts";
import { type InvoiceLine, invoiceLineOf } from "./invoice-line.ts";
import { LineStream } from "./line-stream.ts";

const logger = new Logger({ serviceName: "retail-ingest" });
// HTTP/1.1 on connections that are kept: the client's own choice is an HTTP/2 session for each call, and LocalStack ends sessions
// while calls are under way
const client = new KinesisClient({ requestHandler: new NodeHttpHandler() });
const stream = new LineStream(client, environment("STREAM_NAME"));

/** What PutRecords takes. */
const MOST_ROWS = 500;

/** POST /invoices: one row, or an array of rows, onto the stream; 202 with the sequence numbers, in the order of the rows. */
export const handler = apiHandler(logger, ingest, "rows refused");

async function ingest({ body, isBase64Encoded }: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const value = jsonBody(body, isBase64Encoded);
  const lines = Array.isArray(value) ? linesOf(value) : [invoiceLineOf(value)];
  const stored = await stream.put(lines);
  logger.info("rows accepted", { rows: lines.length });
  return answer(202, { records: stored });
}

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
