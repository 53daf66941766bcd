import { relative } from "node:path";
import { Production } from "../../producer/produce.ts";
import { makeSingleAttemptClient } from "../../producer/put-records.ts";
import { CountsReader, readBatches } from "../counts-reader.ts";
import type { Output } from "../deployment/progress.ts";
import { output, type Outputs } from "../deployment/stack.ts";
import { EmulatorProcess, isPortFree } from "../emulator-process.ts";
import { INTERRUPTED, interruptSignal, pause } from "../interrupt.ts";
import { findPipeline, type Pipeline } from "../pipelines.ts";
import { ProduceProgress, summaryOf } from "../produce-progress.ts";
import { styled } from "../style.ts";
import { counted as countOf } from "../text.ts";
import { findTarget, type Target } from "../targets.ts";
import { COUNT_HEADER, countLine } from "./counts.ts";
import { deployPipeline } from "./deploy.ts";

export interface DemoOptions {
  readonly rate: number;
  readonly file?: string;
  readonly keep: boolean;
}

const USUAL_PORT = 4566;
const TABLE_INTERVAL_MS = 250;

/** How long the last batches may take after the last row was sent. */
const COUNTING_TIMEOUT_MS = 60_000;

/** `headwater demo`: the whole path once, with an emulator of its own. Exit code 0 only if every row was counted. */
export async function demo(options: DemoOptions): Promise<void> {
  const signal = interruptSignal();
  try {
    if (await runDemo(options, signal)) return;
  } catch (error) {
    // What was under way fails for the interruption.
    if (!signal.aborted) throw error;
  }
  if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
  print("Interrupted: the emulator is stopped, nothing is left behind.");
  process.exitCode = INTERRUPTED;
}

/** False when it was interrupted. */
async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<boolean> {
  const isUsualPortFree = await isPortFree(USUAL_PORT);
  if (signal.aborted) return false;
  if (!isUsualPortFree) print(`Port ${USUAL_PORT} is taken: the demo uses a free one.`);
  const port = isUsualPortFree ? USUAL_PORT : 0;
  await using emulator = await EmulatorProcess.start({ port, keep: options.keep, signal });
  if (signal.aborted) return false;
  print(`The emulator runs at ${emulator.endpoint}.`);
  const target = findTarget({ target: "embedded", endpoint: emulator.endpoint });
  const pipeline = findPipeline("rivers");
  const out = outputUntil(signal);
  const gone = emulator.untilGone();
  gone.catch(() => undefined);
  const outputs = await Promise.race([gone, unlessAborted(signal, deployPipeline(target, pipeline, {}, out))]);
  if (!outputs) return false;

  const result = await Promise.race([gone, stream(target, pipeline, outputs, options, signal)]);
  if (!result) return false;
  const { sent, counted, batches, counties, isEqual } = result;
  const counts = [
    `${countOf(sent, "row")} sent`,
    countOf(batches, "batch", "batches"),
    countOf(counties, "county", "counties"),
    `${countOf(counted, "row")} counted`,
  ];
  const verdict = isEqual ? styled("green", "equal") : styled("red", "NOT EQUAL");
  print(`${counts.join(", ")}: ${verdict}`);
  process.exitCode = isEqual ? 0 : 1;
  if (options.keep) {
    emulator.keep();
    printNextSteps(emulator, target, outputs);
  }
  return true;
}

/** Sends the rows and shows the counts as they come, until all are there or time is up. */
async function stream(target: Target, pipeline: Pipeline, outputs: Outputs, options: DemoOptions, signal: AbortSignal) {
  const file = options.file ?? pipeline.sampleFile;
  print(`\nStreaming ${relative(process.cwd(), file)} at ${options.rate} rows/s\n\n${styled("bold", COUNT_HEADER)}`);
  const client = makeSingleAttemptClient(target.clientConfig);
  const production = new Production(pipeline.producer, {
    client,
    streamName: output(outputs, "StreamName"),
    file,
    rate: options.rate,
    onBadRow: "fail",
    signal,
  });
  const progress = new ProduceProgress(production);
  const reader = new CountsReader(target, output(outputs, "CountsTableName"));
  const counties = new Set<string>();
  let counted = 0;
  const showNewCounts = async () => {
    const items = await reader.next();
    for (const { County, Count } of items) {
      counties.add(County);
      counted += Count;
    }
    progress.print(items.map(countLine));
  };

  let isSending = true;
  let deadlineMs = Infinity;
  const sending = production.run().finally(() => {
    isSending = false;
    deadlineMs = performance.now() + COUNTING_TIMEOUT_MS;
  });
  try {
    while (!signal.aborted && (isSending || counted < production.stats.sent) && performance.now() < deadlineMs) {
      await Promise.all([pause(TABLE_INTERVAL_MS, signal), showNewCounts()]);
    }
    await sending;
    await showNewCounts();
  } finally {
    await sending.catch(() => undefined);
    progress.stop();
    client.destroy();
  }
  if (signal.aborted) return undefined;
  print(`\n${summaryOf(production)}`);
  const { sent } = production.stats;
  const batches = await readBatches(target, output(outputs, "CheckpointsTableName"));
  return { sent, counted, batches, counties: counties.size, isEqual: counted === sent };
}

/** Undefined as soon as the signal is aborted; what was under way fails unheard when its emulator goes. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined));
  });
  return Promise.race([aborted, work]);
}

/** The terminal, until the signal is aborted: a deployment goes on until its emulator is gone. */
function outputUntil(signal: AbortSignal): Output {
  const { isTTY, columns } = process.stdout;
  return { isTTY, columns, write: (text) => signal.aborted || process.stdout.write(text) };
}

function printNextSteps(emulator: EmulatorProcess, { clientConfig }: Target, outputs: Outputs): void {
  const { endpoint, region } = clientConfig;
  print(`
The emulator goes on at ${endpoint} (process ${emulator.pid}, data and log in ${emulator.folder}). To try next:

  export AWS_ENDPOINT_URL=${endpoint} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
  aws kinesis describe-stream-summary --stream-name ${outputs["StreamName"]}
  aws dynamodb query --table-name ${outputs["CountsTableName"]} --key-condition-expression 'County = :county' \\
    --expression-attribute-values '{":county":{"S":"Delaware"}}'
  aws lambda get-function --function-name ${outputs["FunctionName"]}
  aws logs filter-log-events --log-group-name ${outputs["LogGroupName"]} --filter-pattern counted
  npx headwater status
  npx headwater produce rivers --file data/rivers.csv
  npx headwater counts rivers --county Delaware

To stop it: kill ${emulator.pid}; its folder may then be deleted.`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
