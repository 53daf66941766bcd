import { BadRequest } from "../api-answer.ts";

/** One line of an invoice, as it goes through the stream. Prices are in pounds; dates have no zone, as shops write them. */
export interface InvoiceLine {
  /** Cancelled invoices begin with C. */
  readonly InvoiceNo: string;
  /** The line's number in its invoice, where the client gives one: a line that is sent again overwrites itself. */
  readonly LineNumber?: number;
  readonly StockCode: string;
  readonly Description?: string;
  /** Negative in cancelled invoices. */
  readonly Quantity: number;
  /** ISO 8601, local time: 2010-12-01T08:26:00 */
  readonly InvoiceDate: string;
  readonly UnitPrice: number;
  /** About a quarter of real rows have none. */
  readonly CustomerID?: string;
  readonly Country: string;
  readonly Cancelled: boolean;
}

const LONGEST_KEY = 64;
const LONGEST_TEXT = 1000;
/** Larger numbers are none of a shop's. */
const LARGEST = 1e9;

type Row = Readonly<Record<string, unknown>>;

/** @throws BadRequest that names the field */
export function invoiceLineOf(value: unknown): InvoiceLine {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BadRequest("A row is not an object.");
  const row = value as Row;
  const InvoiceNo = key(row, "InvoiceNo");
  const lineNumber = optional(row, "LineNumber", wholeNumber);
  if (lineNumber !== undefined && lineNumber < 1) throw new BadRequest("LineNumber is less than 1.", "LineNumber");
  const description = optional(row, "Description", text);
  const customer = optional(row, "CustomerID", customerId);
  return {
    InvoiceNo,
    ...(lineNumber !== undefined && { LineNumber: lineNumber }),
    StockCode: key(row, "StockCode"),
    ...(description !== undefined && { Description: description }),
    Quantity: wholeNumber(row, "Quantity"),
    InvoiceDate: date(row, "InvoiceDate"),
    UnitPrice: number(row, "UnitPrice"),
    ...(customer !== undefined && { CustomerID: customer }),
    Country: key(row, "Country"),
    Cancelled: InvoiceNo.startsWith("C"),
  };
}

/** CSV knows no null: an empty field is none. */
function optional<T>(row: Row, field: string, read: (row: Row, field: string) => T): T | undefined {
  const value = row[field];
  return value === undefined || value === null || value === "" ? undefined : read(row, field);
}

function text(row: Row, field: string): string {
  const value = row[field];
  if (value === undefined || value === null) throw new BadRequest(`${field} is missing.`, field);
  if (typeof value !== "string") throw new BadRequest(`${field} is not a string.`, field);
  // a lone surrogate has no UTF-8 form: the stores would refuse it
  if (/\p{Surrogate}/u.test(value)) throw new BadRequest(`${field} is not well-formed Unicode.`, field);
  if (value.length > LONGEST_TEXT) throw new BadRequest(`${field} is over ${LONGEST_TEXT} characters.`, field);
  return value.trim();
}

function key(row: Row, field: string): string {
  const value = text(row, field);
  if (value === "") throw new BadRequest(`${field} is empty.`, field);
  if (value.length > LONGEST_KEY) throw new BadRequest(`${field} is over ${LONGEST_KEY} characters.`, field);
  return value;
}

/** Copies of the dataset write customers as 17850, "17850" or "17850.0". */
function customerId(row: Row, field: string): string {
  const digits = /^(\d{1,16})(?:\.0+)?$/.exec(String(row[field]).trim())?.[1];
  if (digits === undefined) throw new BadRequest(`${field} is not a number of a customer.`, field);
  return digits;
}

function number(row: Row, field: string): number {
  const value = row[field];
  if (value === undefined || value === null) throw new BadRequest(`${field} is missing.`, field);
  if (typeof value === "number" && Math.abs(value) < LARGEST) return value;
  throw new BadRequest(`${field} is not a number.`, field);
}

function wholeNumber(row: Row, field: string): number {
  const value = number(row, field);
  if (Number.isInteger(value)) return value;
  throw new BadRequest(`${field} is not a whole number.`, field);
}

/** The dataset's own 12/1/10 8:26 and 12/1/2010 8:26 (month first), or ISO 8601 without a zone. */
function date(row: Row, field: string): string {
  const value = text(row, field);
  const own = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4}) (\d{1,2}):(\d{2})$/.exec(value);
  const iso = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?$/.exec(value);
  const [year, month, day, hour, minute, second] = own
    ? [own[3]!.padStart(4, "20"), own[1], own[2], own[4], own[5], "00"]
    : iso
      ? [iso[1], iso[2], iso[3], iso[4], iso[5], iso[6] ?? "00"]
      : [];
  const two = (part = "") => part.padStart(2, "0");
  const normal = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
  // the calendar knows days and hours that no pattern can tell
  if (new Date(`${normal}Z`).toJSON()?.slice(0, normal.length) === normal) return normal;
  throw new BadRequest(`${field} is not a date such as 2010-12-01T08:26:00 or 12/1/10 8:26.`, field);
}
