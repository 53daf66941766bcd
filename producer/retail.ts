import { CsvError, csvSize, readCsv } from "./csv.ts";
import { inParallel, type Posted, Poster } from "./poster.ts";
import type { ProducerRun, ProducerStats } from "./producer.ts";
import { Pacer } from "./rate.ts";
import { Tally } from "./tally.ts";

export interface RetailOptions {
  /** The stage of the API, without a slash at its end. */
  readonly apiUrl: string;
  readonly file: string;
  readonly workers: number;
  /** Rows a second, 1 or more. */
  readonly rate: number;
  /** Ends after this many rows. */
  readonly limit?: number;
  readonly signal: AbortSignal;
  /** Told now and then why rows are sent again. */
  readonly onTrouble?: (message: string) => void;
  /** Told of rows that the API refuses, and of those that are no rows. */
  readonly onRefused?: (message: string) => void;
}

/** UCI's "Online Retail". Copies of it write the headers in other ways. */
const COLUMNS = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country",
] as const;

const ALIASES: Readonly<Record<string, string>> = { invoice: "InvoiceNo", price: "UnitPrice" };

const simplified = (header: string) => header.replaceAll(/[\s_]+/g, "").toLowerCase();

const columnBySimplifiedName = new Map<string, string>([
  ...COLUMNS.map((column) => [simplified(column), column] as const),
  ...Object.entries(ALIASES),
]);

const CSV_OPTIONS = {
  columnName: (header: string) => columnBySimplifiedName.get(simplified(header)) ?? header,
  requiredColumns: COLUMNS.filter((column) => column !== "Description"),
  addedFields: ["LineNumber"],
};

interface Row {
  readonly line: number;
  readonly body: string;
}

/** One run: the rows of a CSV file, each POSTed as JSON by one of several workers. */
export class RetailRun implements ProducerRun {
  readonly unit = "row";
  readonly #options: RetailOptions;
  readonly #poster: Poster;
  readonly #lineNumbers = new Map<string, number>();
  readonly #tally = new Tally();
  #fraction = 0;

  constructor(options: RetailOptions) {
    this.#options = options;
    this.#poster = new Poster({
      url: `${options.apiUrl}/invoices`,
      headers: {},
      signal: options.signal,
      onTrouble: options.onTrouble,
    });
  }

  get stats(): ProducerStats {
    return this.#tally.with(this.#poster.stats);
  }

  get fraction(): number {
    return this.#options.limit === undefined
      ? this.#fraction
      : Math.max(this.#fraction, this.#tally.read / this.#options.limit);
  }

  async run(): Promise<void> {
    const { workers, signal, file } = this.#options;
    try {
      await inParallel(this.#rows(), workers, signal, async ({ line, body }) => {
        this.#tellRefused(line, await this.#poster.post(body));
      });
      if (this.#tally.read + this.#tally.skipped === 0 && !signal.aborted)
        throw new CsvError(`${file} has a header and no rows`);
    } catch (error) {
      // rows that were being tried again when the run was ended are not sent
      if (!signal.aborted) throw error;
    } finally {
      this.#tally.end();
    }
  }

  async *#rows(): AsyncGenerator<Row, void> {
    const { file, rate, limit = Infinity, signal } = this.#options;
    const pacer = new Pacer(rate);
    const size = await csvSize(file);
    for await (const row of readCsv(file, CSV_OPTIONS)) {
      if (this.#tally.read >= limit) return;
      if (row.problem !== undefined) {
        this.#tally.skipped++;
        this.#options.onRefused?.(`line ${row.line}: ${row.problem}`);
        continue;
      }
      await pacer.next(signal);
      if (signal.aborted) return;
      this.#tally.read++;
      this.#fraction = Math.min(1, row.bytes / size);
      yield { line: row.line, body: JSON.stringify(this.#jsonOf(row.values)) };
    }
  }

  /**
   * Numbers as numbers; what is none stays as it is, for the API to refuse. The line's number in its invoice makes a row that is
   * sent again the same line, and keeps two lines of the same stock code apart.
   */
  #jsonOf({ Quantity, UnitPrice, ...texts }: Readonly<Record<string, string>>): Record<string, unknown> {
    const invoice = texts["InvoiceNo"]!.trim();
    const LineNumber = (this.#lineNumbers.get(invoice) ?? 0) + 1;
    this.#lineNumbers.set(invoice, LineNumber);
    return { ...texts, Quantity: numberOf(Quantity), UnitPrice: numberOf(UnitPrice), LineNumber };
  }

  #tellRefused(line: number, { status, body }: Posted): void {
    if (status >= 300) this.#options.onRefused?.(`line ${line}: HTTP ${status} ${body.slice(0, 300)}`);
  }
}

function numberOf(text = ""): number | string {
  const number = Number(text);
  return text.trim() === "" || Number.isNaN(number) ? text : number;
}
