import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { IotRun, type IotOptions } from "../../producer/iot.ts";
import type { ProducerRun } from "../../producer/producer.ts";
import { makeSingleAttemptFirehose } from "../../producer/put-record-batch.ts";
import { output } from "../deployment/stack.ts";
import { UserError } from "../errors.ts";
import { COMMAND } from "../package.ts";
import { positive, share, wholePositive } from "../options.ts";
import { DataLake } from "../reports/iot-data.ts";
import { type IotSummary, summarize } from "../reports/iot-summary.ts";
import { tableLines } from "../table.ts";
import { counted } from "../text.ts";
import type { Demo, Deployed, Follower, PipelineCommand, PipelineCommands } from "./pipeline.ts";

export type IotProduceOptions = Pick<IotOptions, "devices" | "rate" | "malformedShare" | "limit">;

const produce: PipelineCommand<IotProduceOptions, ProducerRun> = {
  description: "Send events of made-up devices to Firehose, until Ctrl+C or the limit",

  configure: (command) =>
    command
      .option("--devices <count>", "how many devices", wholePositive("number of devices"), 12)
      .option("--rate <events>", "events a second over all devices, 1 or more", positive("rate"), 50)
      .option("--malformed-share <share>", "of the events, 0 to 1", share("share"), 0.02)
      .option("--limit <events>", "end after so many events, 1 or more", wholePositive("limit")),

  run: ({ target, outputs }, options, { signal }) =>
    new IotRun({
      ...options,
      client: makeSingleAttemptFirehose(target.clientConfig),
      deliveryStreamName: output(outputs, "DeliveryStreamName"),
      signal,
    }),
};

const report: PipelineCommand<{ readonly out?: string }, Promise<void>> = {
  description: "Load the events from S3 into a dataframe, sum them up, and write a page with plots and a CSV file",

  configure: (command) => command.option("--out <folder>", "write iot.html and iot.csv there"),

  async run(deployed, { out }, { print }) {
    const lake = new DataLake(deployed);
    const summary = summarize(await lake.events(), await lake.errors());
    if (summary.events + summary.errors === 0) throw new UserError("The data lake has no events yet.");
    print(...summaryLines(summary));
    if (out === undefined) return;
    // the plots are the heaviest part of the command
    const { iotPage } = await import("../reports/iot-page.ts");
    await mkdir(out, { recursive: true });
    await writeFile(join(out, "iot.html"), iotPage(summary, new Date()));
    await writeFile(join(out, "iot.csv"), stringify([...summary.rows], { header: true }));
    print(`written: ${join(out, "iot.html")}, ${join(out, "iot.csv")}`);
  },
};

function summaryLines(summary: IotSummary): string[] {
  const { events, errors, errorShare, repeated, devices, overTimeInShort } = summary;
  const celsius = (...values: readonly (number | undefined)[]) => values.map((value) => value?.toFixed(2) ?? "-");
  const byDevice = devices.map((each) => [
    ...[each.device, each.events],
    ...celsius(each.minCelsius, each.meanCelsius, each.maxCelsius),
  ]);
  const overTime = overTimeInShort.map((each) => [
    ...[each.time.slice(0, 19), each.events, each.errors],
    ...celsius(each.minCelsius, each.meanCelsius, each.maxCelsius),
  ]);
  const temperatures = ["Min °C", "Mean °C", "Max °C"];
  return [
    ...tableLines(["Device", "Events", ...temperatures], byDevice),
    "",
    ...tableLines(["From (UTC)", "Events", "Malformed", ...temperatures], overTime),
    "",
    `${counted(events, "event")} of ${counted(devices.length, "device")}`,
    `${counted(errors, "malformed record")}: ${(errorShare * 100).toFixed(2)} % of all`,
    ...(repeated > 0 ? [`${counted(repeated, "event")} delivered again by Firehose, counted once`] : []),
  ];
}

/** Shows the objects as Firehose writes them. */
class ObjectsFollower implements Follower {
  readonly header = objectLine("Object", "Lines");
  readonly #lake: DataLake;
  readonly #shown = new Set<string>();

  constructor(deployed: Deployed) {
    this.#lake = new DataLake(deployed);
  }

  async next() {
    const [events, errors] = [await this.#lake.events(), await this.#lake.errors()];
    const lines = [...events, ...errors]
      .filter(({ key }) => !this.#shown.has(key))
      .map(({ key, lines: content }) => {
        this.#shown.add(key);
        return objectLine(key, String(content.length));
      });
    const ids = new Set(events.flatMap(({ lines: content }) => content.map(({ event_id: id }) => id)));
    return { lines, stored: ids.size, errors: errors.reduce((sum, { lines: content }) => sum + content.length, 0) };
  }

  async figures() {
    return [counted(this.#shown.size, "object")];
  }
}

const objectLine = (key: string, lines: string) => `${lines.padStart(5)}  ${key}`;

const DEMO_EVENTS = 600;

const demo: Demo = {
  title: "events of made-up devices, gathered by Firehose into objects in S3; the malformed ones set aside",
  parameters: { BufferIntervalInSeconds: "2", FunctionBufferIntervalInSeconds: "1" },
  produceOptions: ({ rate }): IotProduceOptions => ({ devices: 12, rate, malformedShare: 0.03, limit: DEMO_EVENTS }),
  follow: (deployed) => new ObjectsFollower(deployed),
  nextSteps: ({ outputs }) => [
    `${COMMAND} produce iot --devices 5 --rate 20 --malformed-share 0.1`,
    `${COMMAND} report iot    # --out FOLDER writes a page with plots`,
    `aws s3 ls --recursive s3://${outputs["DataLakeBucketName"]}`,
    `${COMMAND} logs ${outputs["FunctionName"]}`,
  ],
};

export const iot: PipelineCommands = { produce, report, demo };
