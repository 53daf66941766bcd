import { join } from "node:path";
import { Option } from "commander";
import { makeSingleAttemptClient } from "../../producer/put-records.ts";
import { Production, type ProduceOptions } from "../../producer/produce.ts";
import { rivers as encoder } from "../../producer/rivers.ts";
import { COUNT_HEADER, countLine, CountsReader, readBatches } from "../counts-reader.ts";
import { output } from "../deployment/stack.ts";
import { positive, wholePositive } from "../options.ts";
import { COMMAND, PACKAGE_ROOT } from "../package.ts";
import { counted, printable } from "../text.ts";
import type { Demo, Deployed, Follower, PipelineCommand, PipelineCommands } from "./pipeline.ts";
import type { ProducerRun } from "../../producer/producer.ts";

const SAMPLE_FILE = join(PACKAGE_ROOT, "data", "rivers.csv");

const PRODUCE_HELP = `
Bad rows are those with more or fewer fields than the header, a quote in the middle of a field, bytes that are not UTF-8,
no County, or over 1 MiB as a record. What --on-bad-row skip cannot pass: a quote that is never closed or has text behind
it, a row of over 4 MiB, a header that cannot be used (no County, a column twice, a column Timestamp), and a file that is
not UTF-8 text at all.`;

export type RiversOptions = Pick<ProduceOptions, "file" | "rate" | "limit" | "loop" | "onBadRow">;

const produce: PipelineCommand<RiversOptions, ProducerRun> = {
  description: "Stream a CSV file of rivers into Kinesis",

  configure: (command) =>
    command
      .option("--file <csv>", "the rows to send", SAMPLE_FILE)
      .option("--rate <rows>", "rows a second, 1 or more", positive("rate"), 50)
      .option("--limit <rows>", "end after so many rows, 1 or more", wholePositive("limit"))
      .option("--loop", "begin the file again at its end, until Ctrl+C or the limit")
      .addOption(
        new Option("--on-bad-row <what>", "what a row that cannot be sent does: it is passed over, or ends the run")
          .choices(["skip", "fail"])
          .default("fail"),
      )
      .addHelpText("after", PRODUCE_HELP),

  run: ({ target, outputs }, options, { signal, print }) =>
    new Production(encoder, {
      ...options,
      client: makeSingleAttemptClient(target.clientConfig),
      streamName: output(outputs, "StreamName"),
      signal,
      onSkip: (message) => print(`skipped: ${printable(message)}`),
    }),
};

/** Shows the counts as they are stored. */
class CountsFollower implements Follower {
  readonly header = COUNT_HEADER;
  readonly #deployed: Deployed;
  readonly #reader: CountsReader;
  readonly #counties = new Set<string>();
  #stored = 0;

  constructor(deployed: Deployed) {
    this.#deployed = deployed;
    this.#reader = new CountsReader(deployed.target, output(deployed.outputs, "CountsTableName"));
  }

  async next() {
    const items = await this.#reader.next();
    for (const { County, Count } of items) {
      this.#counties.add(County);
      this.#stored += Count;
    }
    return { lines: items.map(countLine), stored: this.#stored, errors: 0 };
  }

  async figures() {
    const { target, outputs } = this.#deployed;
    const batches = await readBatches(target, output(outputs, "CheckpointsTableName"));
    return [counted(batches, "batch", "batches"), counted(this.#counties.size, "county", "counties")];
  }
}

const demo: Demo = {
  title: "New York's fishing rivers, counted by county and batch",
  produceOptions: ({ rate, file = SAMPLE_FILE }): RiversOptions => ({ file, rate, onBadRow: "fail" }),
  follow: (deployed) => new CountsFollower(deployed),
  nextSteps: ({ outputs }) => [
    `${COMMAND} produce rivers --rate 50`,
    `${COMMAND} counts rivers --county Delaware`,
    `aws kinesis describe-stream-summary --stream-name ${outputs["StreamName"]}`,
    `aws dynamodb query --table-name ${outputs["CountsTableName"]} --key-condition-expression 'County = :county' --expression-attribute-values '{":county":{"S":"Delaware"}}'`,
    `aws logs filter-log-events --log-group-name ${outputs["LogGroupName"]} --filter-pattern counted`,
  ],
};

export const rivers: PipelineCommands = { produce, demo };
