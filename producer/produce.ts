import type { KinesisClient } from "@aws-sdk/client-kinesis";
import { CsvError, csvSize, readCsv } from "./csv.ts";
import type { ProducerRun, ProducerStats } from "./producer.ts";
import { kinesisStream } from "./put-records.ts";
import { Pacer } from "./rate.ts";
import { type OutgoingRecord, RecordSender } from "./record-sender.ts";
import { Tally } from "./tally.ts";

/** What is particular to the rows of one pipeline. */
export interface RowEncoder {
  readonly requiredColumns: readonly string[];
  readonly addedFields: readonly string[];
  columnName(header: string): string;
  /** The record of a row, or why the row is bad. */
  encode(values: Readonly<Record<string, string>>, now: Date): OutgoingRecord | { readonly problem: string };
}

export interface ProduceOptions {
  /** Closed at the end of the run. */
  readonly client: Pick<KinesisClient, "send" | "destroy">;
  readonly streamName: string;
  readonly file: string;
  /** Rows a second, 1 or more. */
  readonly rate: number;
  /** Ends after this many rows. */
  readonly limit?: number;
  /** Begins the file again at its end. */
  readonly loop?: boolean;
  /** What a bad row does: it ends the run with an error, or it is passed over. */
  readonly onBadRow: "skip" | "fail";
  /** Ends the run in good order: what was read is sent. */
  readonly signal: AbortSignal;
  readonly onSkip?: (message: string) => void;
}

/** The longest record that the template's stream takes, key included. */
const RECORD_LIMIT_BYTES = 1024 * 1024;

/** One run: the rows of a file, put on a stream. */
export class Production implements ProducerRun {
  readonly unit = "row";
  readonly #encoder: RowEncoder;
  readonly #options: ProduceOptions;
  readonly #sender: RecordSender;
  readonly #tally = new Tally();
  #fraction = 0;

  constructor(encoder: RowEncoder, options: ProduceOptions) {
    this.#encoder = encoder;
    this.#options = options;
    this.#sender = new RecordSender(kinesisStream(options.client, options.streamName));
  }

  get stats(): ProducerStats {
    return this.#tally.with(this.#sender.stats);
  }

  get fraction(): number | undefined {
    const { limit, loop } = this.#options;
    if (limit !== undefined) return Math.max(Math.min(1, this.#tally.read / limit), loop ? 0 : this.#fraction);
    return loop ? undefined : this.#fraction;
  }

  /** Reads and sends until the end, the limit or the signal. What was read before an error is sent all the same. */
  async run(): Promise<void> {
    try {
      await this.#readAndSend();
    } finally {
      await this.#sender.drain().finally(() => {
        this.#tally.end();
        this.#options.client.destroy();
      });
    }
  }

  async #readAndSend(): Promise<void> {
    const { loop, limit = Infinity, file, rate, signal } = this.#options;
    const pacer = new Pacer(rate);
    const size = await csvSize(file);
    do {
      const readBefore = this.#tally.read + this.#tally.skipped;
      for await (const row of readCsv(file, this.#encoder)) {
        if (this.#tally.read >= limit || signal.aborted) return;
        const problem = row.problem ?? (await this.#sendRow(row.values, pacer));
        if (problem !== undefined) this.#onBadRow(`${file}, line ${row.line}: ${problem}`);
        this.#fraction = Math.min(1, row.bytes / size);
      }
      if (this.#tally.read + this.#tally.skipped === readBefore) throw new CsvError(`${file} has a header and no rows`);
      // Nothing but bad rows: going round would never end.
      if (this.#tally.read === 0) return;
    } while (loop && !signal.aborted);
  }

  async #sendRow(values: Readonly<Record<string, string>>, pacer: Pacer): Promise<string | undefined> {
    await pacer.next(this.#options.signal);
    const record = this.#encoder.encode(values, new Date());
    const problem = "problem" in record ? record.problem : tooLarge(record);
    if (problem !== undefined || "problem" in record) {
      pacer.giveBack();
      return problem;
    }
    await this.#sender.send(record);
    this.#tally.read++;
    return undefined;
  }

  #onBadRow(message: string): void {
    if (this.#options.onBadRow === "fail") throw new CsvError(message);
    this.#tally.skipped++;
    this.#options.onSkip?.(message);
  }
}

function tooLarge({ data, partitionKey }: OutgoingRecord): string | undefined {
  const bytes = data.byteLength + Buffer.byteLength(partitionKey);
  return bytes > RECORD_LIMIT_BYTES ? `the record has ${bytes} bytes, more than ${RECORD_LIMIT_BYTES}` : undefined;
}
