import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { CsvError as ParserError, parse } from "csv-parse";

/** A row by the names of its columns, or what is wrong with it. */
export interface CsvRow {
  /** Line of the file where the row begins; the header is usually line 1. */
  readonly line: number;
  /** Bytes of the file up to the end of this row. */
  readonly bytes: number;
  readonly values: Readonly<Record<string, string>>;
  readonly problem?: string;
}

export interface CsvOptions {
  /** The name that a header stands for: copies of one dataset write their headers in different ways. */
  readonly columnName: (header: string) => string;
  readonly requiredColumns: readonly string[];
}

/** What stops the reading of a file: it is not there, it is no CSV, it lacks a column. The message says where. */
export class CsvError extends Error {
  override readonly name = "CsvError";
}

/** Longest row in bytes: without a bound, a quote that is never closed would pull the rest of the file into memory. */
const ROW_LIMIT_BYTES = 4 * 1024 * 1024;

/** Size of the file in bytes. */
export async function csvSize(path: string): Promise<number> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new CsvError(`${path} is a directory, not a CSV file`);
    return stats.size;
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Reads a CSV file row by row; a few chunks of it are in memory at a time. Blank lines are passed over. */
export async function* readCsv(path: string, options: CsvOptions): AsyncGenerator<CsvRow, void> {
  let columns: readonly string[] | undefined;
  for await (const { record, lines, bytes } of parseRecords(path)) {
    const line = lines - newlinesIn(record);
    if (columns) yield { line, bytes, ...rowOf(columns, record) };
    else columns = columnsOf(path, line, record, options);
  }
  if (!columns) throw new CsvError(`${path} is empty`);
}

/**
 * The records of the file. The parser hands them over while it takes a chunk, rather than by its stream: a broken row
 * destroys the stream, and the good rows before it with it.
 */
async function* parseRecords(path: string): AsyncGenerator<ParsedRow, void> {
  const parsed: ParsedRow[] = [];
  let lastLine = 0;
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_LIMIT_BYTES,
    on_record: (record: readonly string[], { lines, bytes }) => {
      parsed.push({ record, lines, bytes });
      lastLine = lines;
      return null;
    },
  });
  let failure: unknown;
  parser.once("error", (error) => (failure = error));
  const rowsOf = async function* (feed: (done: () => void) => void) {
    await new Promise<void>((resolve) => feed(resolve));
    yield* parsed.splice(0);
    if (failure instanceof ParserError) throw new CsvError(`${path}, line ${lastLine + 1}: ${problemOf(failure)}`);
    if (failure !== undefined) throw failure;
  };

  let carry = "";
  const file = createReadStream(path, "utf8");
  try {
    for await (const chunk of file as AsyncIterable<string>) {
      // CRLF and CR become LF: files mix them, and the parser counts a quoted CRLF as two lines.
      const text = carry + chunk;
      carry = text.endsWith("\r") ? "\r" : "";
      const lines = text.slice(0, text.length - carry.length).replaceAll(/\r\n?/g, "\n");
      if (lines !== "") yield* rowsOf((done) => parser.write(lines, () => done()));
    }
  } catch (error) {
    throw fileError(path, error);
  }
  yield* rowsOf((done) => {
    parser.once("close", done).resume();
    parser.end(carry && "\n");
  });
}

interface ParsedRow {
  readonly record: readonly string[];
  /** The line where the row ends. */
  readonly lines: number;
  readonly bytes: number;
}

function columnsOf(path: string, line: number, headers: readonly string[], options: CsvOptions): readonly string[] {
  const columns = headers.map((header) => options.columnName(header.trim()));
  const at = `${path}, line ${line}`;
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new CsvError(`${at}: the column "${twice}" is there twice`);
  for (const required of options.requiredColumns) {
    if (columns.includes(required)) continue;
    throw new CsvError(`${at}: no column "${required}" among ${columns.map((column) => `"${column}"`).join(", ")}`);
  }
  return columns;
}

function rowOf(columns: readonly string[], fields: readonly string[]): Pick<CsvRow, "values" | "problem"> {
  const values = Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? ""]));
  if (fields.length === columns.length) return { values };
  return { values, problem: `${fields.length} fields where the header has ${columns.length}` };
}

function problemOf(error: ParserError): string {
  if (error.code === "CSV_QUOTE_NOT_CLOSED") return "a quote is opened and never closed";
  if (error.code === "CSV_INVALID_CLOSING_QUOTE")
    return "text behind a closing quote (a quote in quotes is written twice)";
  if (error.code === "INVALID_OPENING_QUOTE") return "a quote in the middle of a field that is not quoted";
  if (error.code === "CSV_MAX_RECORD_SIZE") return `a row of over ${ROW_LIMIT_BYTES} bytes: is a quote not closed?`;
  return error.message;
}

function fileError(path: string, error: unknown): unknown {
  const { code } = error as { readonly code?: unknown };
  if (code === "ENOENT") return new CsvError(`No such file: ${path}`);
  if (code === "EACCES") return new CsvError(`${path} may not be read (permission denied)`);
  if (code === "EISDIR") return new CsvError(`${path} is a directory, not a CSV file`);
  return error;
}

function newlinesIn(fields: readonly string[]): number {
  let count = 0;
  for (const field of fields) {
    for (let at = field.indexOf("\n"); at !== -1; at = field.indexOf("\n", at + 1)) count++;
  }
  return count;
}
