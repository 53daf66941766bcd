import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type Readable, Transform } from "node:stream";
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

/** Reads a CSV file row by row; never more than a few rows are in memory. Blank lines are passed over. */
export async function* readCsv(path: string, options: CsvOptions): AsyncGenerator<CsvRow, void> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_LIMIT_BYTES,
  });
  const file: Readable = createReadStream(path, "utf8");
  const lines = normalizeNewlines();
  file.once("error", (error) => lines.destroy(error));
  lines.once("error", (error) => parser.destroy(error));
  file.pipe(lines).pipe(parser);

  let columns: readonly string[] | undefined;
  let lastLine = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRow>) {
      const line = info.lines - newlinesIn(record);
      lastLine = info.lines;
      if (columns) yield { line, bytes: info.bytes, ...rowOf(columns, record) };
      else columns = columnsOf(path, line, record, options);
    }
  } catch (error) {
    if (error instanceof ParserError) throw new CsvError(`${path}, line ${lastLine + 1}: ${problemOf(error)}`);
    throw fileError(path, error);
  } finally {
    file.destroy();
  }
  if (!columns) throw new CsvError(`${path} is empty`);
}

interface ParsedRow {
  readonly record: readonly string[];
  /** `lines`: the line where the row ends. */
  readonly info: { readonly lines: number; readonly bytes: number };
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
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return new CsvError(`No such file: ${path}`);
  if (code === "EACCES") return new CsvError(`${path} may not be read (permission denied)`);
  if (code === "EISDIR") return new CsvError(`${path} is a directory, not a CSV file`);
  return error;
}

/** Makes CRLF and CR into LF: files mix them, and the parser counts a quoted CRLF as two lines. */
function normalizeNewlines(): Transform {
  let endsInCarriageReturn = false;
  return new Transform({
    decodeStrings: false,
    transform(chunk: string, _encoding, done) {
      const text = endsInCarriageReturn && chunk.startsWith("\n") ? chunk.slice(1) : chunk;
      endsInCarriageReturn = chunk.endsWith("\r");
      done(null, text.replaceAll(/\r\n?/g, "\n"));
    },
  });
}

function newlinesIn(fields: readonly string[]): number {
  let count = 0;
  for (const field of fields) {
    for (let at = field.indexOf("\n"); at !== -1; at = field.indexOf("\n", at + 1)) count++;
  }
  return count;
}
