import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisStreamHandler } from "aws-lambda";
import { type TableItem, writeItems } from "../batch-writer.ts";
import { environment } from "../environment.ts";
import { reportEach, takeEach } from "../kinesis-batch.ts";
import { invoiceLineOf } from "./invoice-line.ts";
import { customerItem, invoiceItem, type PlacedLine } from "./line-items.ts";

const logger = new Logger({ serviceName: "retail-store" });
const client = new DynamoDBClient();
const invoicesTable = environment("INVOICES_TABLE");
const customersTable = environment("CUSTOMERS_TABLE");

/**
 * Stores the lines of one batch by invoice and, where they have one, by customer. A batch that is delivered again overwrites
 * itself. Malformed records are reported one by one.
 */
export const handler: KinesisStreamHandler = async (event, context) => {
  logger.addContext(context);
  const items = new Map<string, TableItem>();
  const records = event.Records.map(({ kinesis }) => kinesis);
  const malformed = takeEach(records, ({ sequenceNumber, data }) => {
    const line = invoiceLineOf(JSON.parse(Buffer.from(data, "base64").toString("utf8")));
    // a line that is sent again within the batch is written once
    for (const [key, item] of itemsOf({ line, sequenceNumber })) items.set(key, item);
  });
  await writeItems(client, [...items.values()]);
  logger.info("batch stored", { records: records.length, items: items.size, malformed: malformed.length });
  return reportEach(logger, malformed);
};

function* itemsOf(placed: PlacedLine): Generator<[string, TableItem]> {
  const invoice = invoiceItem(placed);
  yield [`${invoicesTable} ${invoice["InvoiceNo"]!.S} ${invoice["Line"]!.S}`, { table: invoicesTable, item: invoice }];
  const customer = customerItem(placed);
  if (!customer) return;
  const key = `${customersTable} ${customer["CustomerID"]!.S} ${customer["InvoiceLine"]!.S}`;
  yield [key, { table: customersTable, item: customer }];
}
