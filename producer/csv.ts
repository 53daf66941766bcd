import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { EndlessRow, type ParsedRow, RowParser } from "./csv-rows.ts";

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
  /** What a record gets besides the row's values; a column of that name, in any case, is refused. */
  readonly addedFields: readonly string[];
}

/** What stops the reading of a file: it is not there, it is no CSV, it lacks a column. The message says where. */
export class CsvError extends Error {
  override readonly name = "CsvError";
}

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

/**
 * Reads a CSV file in UTF-8 row by row; a few chunks of it are in memory at a time. Blank lines are passed over. A row
 * with a problem does not end the reading, unless where it ends cannot be known: a quote that is never closed.
 */
export async function* readCsv(path: string, options: CsvOptions): AsyncGenerator<CsvRow, void> {
  let columns: readonly string[] | undefined;
  for await (const row of parseRows(path)) {
    const { line, bytes } = row;
    const { fields, problem } = decoded(row);
    if (columns) yield { line, bytes, ...rowOf(columns, fields, problem) };
    else if (problem !== undefined) throw new CsvError(`${path}, line ${line}: ${problem}`);
    else columns = columnsOf(path, line, fields, options);
  }
  if (!columns) throw new CsvError(`${path} is empty`);
}

const UTF8_BOM = "\u00ef\u00bb\u00bf";

async function* parseRows(path: string): AsyncGenerator<ParsedRow, void> {
  const parser = new RowParser();
  let isFirst = true;
  try {
    for await (const chunk of createReadStream(path, "latin1") as AsyncIterable<string>) {
      if (isFirst && isNoText(chunk)) throw new CsvError(`${path} is not UTF-8 text`);
      yield* parser.push(isFirst && chunk.startsWith(UTF8_BOM) ? chunk.slice(UTF8_BOM.length) : chunk);
      isFirst = false;
    }
    yield* parser.end();
  } catch (error) {
    if (error instanceof EndlessRow) throw new CsvError(`${path}, line ${error.line}: ${error.message}`);
    throw fileError(path, error);
  }
}

/** By its beginning: UTF-16 with its mark or without, or nothing that is read as text. */
function isNoText(beginning: string): boolean {
  if (beginning.startsWith("\u00ff\u00fe") || beginning.startsWith("\u00fe\u00ff")) return true;
  const firstLine = /^[^\r\n]{0,4096}/.exec(beginning)![0];
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u0008\u000e-\u001f]/.test(firstLine);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The fields as the text that their bytes stand for. */
function decoded({ fields, problem }: ParsedRow): Pick<ParsedRow, "fields" | "problem"> {
  if (problem !== undefined) return { fields, problem };
  try {
    return { fields: fields.map((field) => utf8.decode(Buffer.from(field, "latin1"))) };
  } catch {
    return { fields: [], problem: "not UTF-8" };
  }
}

function columnsOf(path: string, line: number, headers: readonly string[], options: CsvOptions): readonly string[] {
  const columns = headers.map((header) => options.columnName(header.trim()));
  const at = `${path}, line ${line}`;
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new CsvError(`${at}: the column "${twice}" is there twice`);
  const added = columns.find((column) => options.addedFields.some((field) => isSameName(field, column)));
  if (added !== undefined)
    throw new CsvError(`${at}: the column "${added}" has the name of a field that each record gets here: rename it`);
  for (const required of options.requiredColumns) {
    if (columns.includes(required)) continue;
    throw new CsvError(`${at}: no column "${required}" among ${columns.map((column) => `"${column}"`).join(", ")}`);
  }
  return columns;
}

const isSameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

function rowOf(
  columns: readonly string[],
  fields: readonly string[],
  problem: string | undefined,
): Pick<CsvRow, "values" | "problem"> {
  const values = Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? ""]));
  if (problem !== undefined) return { values, problem };
  if (fields.length === columns.length) return { values };
  const count = `${fields.length} ${fields.length === 1 ? "field" : "fields"}`;
  return { values, problem: `${count} where the header has ${columns.length}` };
}

function fileError(path: string, error: unknown): unknown {
  const { code } = error as { readonly code?: unknown };
  if (code === "ENOENT") return new CsvError(`No such file: ${path}`);
  if (code === "EACCES") return new CsvError(`${path} may not be read (permission denied)`);
  if (code === "EISDIR") return new CsvError(`${path} is a directory, not a CSV file`);
  return error;
}
