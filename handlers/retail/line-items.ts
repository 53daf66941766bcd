import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { InvoiceLine } from "./invoice-line.ts";

/** A line with its place in the stream. */
export interface PlacedLine {
  readonly line: InvoiceLine;
  readonly sequenceNumber: string;
}

/** Digits of a line's number in a key: numbers sort as text. */
const LINE_DIGITS = 6;

/** The sort key in an invoice: the client's line number, or the place in the stream for a line without one. */
export const lineKey = ({ line, sequenceNumber }: PlacedLine): string =>
  line.LineNumber === undefined ? `S${sequenceNumber}` : `L${String(line.LineNumber).padStart(LINE_DIGITS, "0")}`;

const valuesOf = ({ LineNumber, Description, CustomerID, ...line }: InvoiceLine): Record<string, AttributeValue> => ({
  InvoiceNo: { S: line.InvoiceNo },
  StockCode: { S: line.StockCode },
  Quantity: { N: String(line.Quantity) },
  InvoiceDate: { S: line.InvoiceDate },
  UnitPrice: { N: String(line.UnitPrice) },
  Country: { S: line.Country },
  Cancelled: { BOOL: line.Cancelled },
  ...(LineNumber !== undefined && { LineNumber: { N: String(LineNumber) } }),
  ...(Description !== undefined && { Description: { S: Description } }),
  ...(CustomerID !== undefined && { CustomerID: { S: CustomerID } }),
});

/** InvoiceNo, then line. */
export const invoiceItem = (placed: PlacedLine): Record<string, AttributeValue> => ({
  ...valuesOf(placed.line),
  Line: { S: lineKey(placed) },
});

/** CustomerID, then date, invoice and line; undefined for a line without a customer. */
export function customerItem(placed: PlacedLine): Record<string, AttributeValue> | undefined {
  const { CustomerID, InvoiceDate, InvoiceNo } = placed.line;
  if (CustomerID === undefined) return undefined;
  return { ...valuesOf(placed.line), InvoiceLine: { S: `${InvoiceDate}#${InvoiceNo}#${lineKey(placed)}` } };
}

/** A line as the API answers it: numbers are numbers. */
export const lineOf = (item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(item)
      .filter(([name]) => name !== "Line" && name !== "InvoiceLine")
      .map(([name, { S, N, BOOL }]) => [name, S ?? BOOL ?? Number(N)]),
  );
