/** A row as it stands in the file, or what is wrong with it. */
export interface ParsedRow {
  readonly fields: readonly string[];
  /** Line where the row begins. */
  readonly line: number;
  /** Bytes of the file up to the end of the row. */
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

const MARKS = /[",\r\n]/g;

/**
 * Cuts the bytes of a CSV file (RFC 4180) into rows, chunk by chunk; LF, CRLF and CR end a line. Bytes come and go as
 * latin1 text, one character each: all that separates fields is ASCII, and what the others mean is asked field by field.
 *
 * A row with a misplaced quote ends at the end of that line. Blank lines are passed over.
 */
export class RowParser {
  #fields: string[] = [];
  #field = "";
  #state: "start" | "plain" | "quoted" | "closed" | "broken" = "start";
  #problem: string | undefined;
  #line = 1;
  #rowLine = 1;
  #bytes = 0;
  #rowBytes = 0;
  #isAfterCr = false;

  *push(text: string): Generator<ParsedRow, void> {
    let from = 0;
    for (const { 0: mark, index } of text.matchAll(MARKS)) {
      this.#text(text.slice(from, index));
      from = index + 1;
      if (mark === '"') this.#quote();
      else if (mark === ",") this.#comma();
      else {
        const row = this.#newline(mark);
        if (row) yield row;
      }
    }
    this.#text(text.slice(from));
  }

  /** The row behind which no newline stands. */
  *end(): Generator<ParsedRow, void> {
    if (this.#state === "quoted") throw new EndlessRow(this.#rowLine, "a quote is opened and never closed");
    const row = this.#finish();
    if (row) yield row;
  }

  #text(text: string): void {
    if (text === "") return;
    this.#take(text.length);
    if (this.#state === "closed") this.#break("text behind a closing quote (a quote in quotes is written twice)");
    if (this.#state === "broken") return;
    if (this.#state === "start") this.#state = "plain";
    this.#field += text;
  }

  #quote(): void {
    this.#take(1);
    if (this.#state === "start") this.#state = "quoted";
    else if (this.#state === "quoted") this.#state = "closed";
    else if (this.#state === "closed") {
      this.#field += '"';
      this.#state = "quoted";
    } else if (this.#state === "plain") this.#break("a quote in the middle of a field that is not quoted");
  }

  #comma(): void {
    this.#take(1);
    if (this.#state === "quoted") this.#field += ",";
    else if (this.#state !== "broken") this.#endField();
  }

  #newline(mark: string): ParsedRow | undefined {
    const isSecondHalf = mark === "\n" && this.#isAfterCr;
    this.#take(1);
    if (isSecondHalf) return undefined;
    this.#isAfterCr = mark === "\r";
    this.#line++;
    if (this.#state !== "quoted") return this.#finish();
    this.#field += "\n";
    return undefined;
  }

  #take(bytes: number): void {
    this.#isAfterCr = false;
    this.#bytes += bytes;
    this.#rowBytes += bytes;
    if (this.#rowBytes <= ROW_LIMIT_BYTES) return;
    throw new EndlessRow(this.#rowLine, `a row of over ${ROW_LIMIT_BYTES} bytes: is a quote not closed?`);
  }

  #break(problem: string): void {
    this.#problem = problem;
    this.#state = "broken";
  }

  #endField(): void {
    this.#fields.push(this.#field);
    this.#field = "";
    this.#state = "start";
  }

  #finish(): ParsedRow | undefined {
    const isBlank = this.#state === "start" && this.#fields.length === 0;
    this.#endField();
    const row = { fields: this.#fields, line: this.#rowLine, bytes: this.#bytes };
    const problem = this.#problem;
    this.#fields = [];
    this.#problem = undefined;
    this.#rowLine = this.#line;
    this.#rowBytes = 0;
    if (isBlank) return undefined;
    return problem === undefined ? row : { ...row, problem };
  }
}
