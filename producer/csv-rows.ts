import { CsvError as ParserError, parse, type Parser } from "csv-parse";

/** A row as it stands in the file, or what is wrong with it. */
export interface ParsedRow {
  readonly fields: readonly string[];
  /** Line where the row begins; of a row with a problem, where the problem is. */
  readonly line: number;
  /** Bytes of the file up to the end of the row, about. */
  readonly bytes: number;
  readonly problem?: string;
}

/** A row whose end cannot be known, so that no row behind it can either. */
export class EndlessRow extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Longest row in bytes: without a bound, a quote that is never closed would pull the rest of the file into memory. */
const ROW_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Cuts the text of a CSV file (RFC 4180) into rows, chunk by chunk. The rows are handed over while the parser takes a chunk,
 * rather than by its stream: an error destroys the stream, and the good rows before it with it.
 */
export class RowParser {
  readonly #parser: Parser;
  #rows: ParsedRow[] = [];
  #failure: Error | undefined;
  #carry = "";
  #bytes = 0;
  #line = 1;

  constructor() {
    this.#parser = parse({
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: ROW_LIMIT_BYTES,
      // the parser goes on at the next line behind a quote in the middle of a field; other errors hide where a row ends
      skip_records_with_error: true,
      on_skip: (error) => {
        if (error) this.#onError(error);
      },
      on_record: (fields: readonly string[], { lines, bytes }) => {
        // the parser counts a character beyond ASCII twice
        this.#rows.push({ fields, line: lines - newlinesIn(fields), bytes: Math.min(bytes, this.#bytes) });
        this.#line = lines + 1;
        return null;
      },
    });
    this.#parser.on("error", (error) => this.#onError(error)).resume();
  }

  /** The rows that end in the file so far. @throws EndlessRow once the rows before it have been taken */
  async *push(chunk: string): AsyncGenerator<ParsedRow, void> {
    this.#bytes += chunk.length;
    // CRLF and CR become LF: files mix them, and the parser counts a quoted CRLF as two lines
    const text = this.#carry + chunk;
    this.#carry = text.endsWith("\r") ? "\r" : "";
    const lines = text.slice(0, text.length - this.#carry.length).replaceAll(/\r\n?/g, "\n");
    if (lines !== "") yield* this.#take((done) => this.#parser.write(lines, done));
  }

  /** The row behind which no newline stands. */
  async *end(): AsyncGenerator<ParsedRow, void> {
    yield* this.#take((done) => {
      this.#parser.once("close", done);
      this.#parser.end(this.#carry && "\n");
    });
  }

  async *#take(feed: (done: () => void) => void): AsyncGenerator<ParsedRow, void> {
    await new Promise<void>((resolve) => feed(() => resolve()));
    const rows = this.#rows;
    this.#rows = [];
    yield* rows;
    if (this.#failure) throw this.#failure;
  }

  #onError(error: Error): void {
    if (this.#failure) return;
    const line = error instanceof ParserError && typeof error["lines"] === "number" ? error["lines"] : this.#line;
    if (error instanceof ParserError && error.code === "INVALID_OPENING_QUOTE") {
      const problem = "a quote in the middle of a field that is not quoted";
      if (this.#rows.at(-1)?.line !== line) this.#rows.push({ fields: [], line, bytes: this.#bytes, problem });
      this.#line = line + 1;
    } else this.#failure = error instanceof ParserError ? new EndlessRow(this.#line, problemOf(error)) : error;
  }
}

function problemOf(error: ParserError): string {
  if (error.code === "CSV_QUOTE_NOT_CLOSED") return "a quote is opened and never closed";
  if (error.code === "CSV_INVALID_CLOSING_QUOTE") {
    return "text behind a closing quote (a quote in quotes is written twice)";
  }
  if (error.code === "CSV_MAX_RECORD_SIZE") return `a row of over ${ROW_LIMIT_BYTES} bytes: is a quote not closed?`;
  return error.message;
}

function newlinesIn(fields: readonly string[]): number {
  let count = 0;
  for (const field of fields) {
    for (let at = field.indexOf("\n"); at !== -1; at = field.indexOf("\n", at + 1)) count++;
  }
  return count;
}
