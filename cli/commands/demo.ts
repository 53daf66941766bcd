import { DemoRun, type DemoResult } from "../demo-run.ts";
import { EmulatorProcess, isPortFree } from "../emulator-process.ts";
import { INTERRUPTED, interruptSignal } from "../interrupt.ts";
import { type DeployedPipeline, nextSteps } from "../next-steps.ts";
import { findPipelines } from "../pipelines/index.ts";
import type { DemoOptions, Pipeline } from "../pipelines/pipeline.ts";
import { styled } from "../style.ts";
import { tableLines } from "../table.ts";
import { findTarget } from "../targets/index.ts";

export interface DemoCommandOptions extends DemoOptions {
  readonly keep: boolean;
}

const USUAL_PORT = 4566;

/**
 * `headwater demo`: the whole path of one pipeline, or of all one after another, with an emulator of its own. Exit code 0
 * only if every event that was sent is accounted for.
 */
export async function demo(name: string, options: DemoCommandOptions): Promise<void> {
  const pipelines = findPipelines([name]);
  const signal = interruptSignal();
  try {
    if (await runDemo(pipelines, options, signal)) return;
  } catch (error) {
    // What was under way fails for the interruption.
    if (!signal.aborted) throw error;
  }
  if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
  print("Interrupted: the emulator is stopped, nothing is left behind.");
  process.exitCode = INTERRUPTED;
}

/** False when it was interrupted. */
async function runDemo(
  pipelines: readonly Pipeline[],
  options: DemoCommandOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const isUsualPortFree = await isPortFree(USUAL_PORT);
  if (signal.aborted) return false;
  if (!isUsualPortFree) print(`Port ${USUAL_PORT} is taken: the demo uses a free one.`);
  const port = isUsualPortFree ? USUAL_PORT : 0;
  await using emulator = await EmulatorProcess.start({ port, keep: options.keep, signal });
  if (signal.aborted) return false;
  print(`The emulator runs at ${emulator.endpoint}.`);
  const target = await findTarget({ target: "embedded", endpoint: emulator.endpoint });
  const gone = emulator.untilGone();
  gone.catch(() => undefined);

  const results: DemoResult[] = [];
  const deployed: DeployedPipeline[] = [];
  for (const pipeline of pipelines) {
    const ended = await Promise.race([gone, new DemoRun(target, pipeline, signal, print).run(options)]);
    if (!ended) return false;
    results.push(ended.result);
    deployed.push({ pipeline, outputs: ended.deployed.outputs });
  }
  if (pipelines.length > 1) for (const line of ["", ...tableOf(results)]) print(line);
  process.exitCode = results.every(({ isEqual }) => isEqual) ? 0 : 1;
  if (options.keep) {
    emulator.keep();
    printNextSteps(emulator, await nextSteps(target, deployed));
  }
  return true;
}

function tableOf(results: readonly DemoResult[]): string[] {
  const rows = results.map(({ pipeline, unit, sent, stored, errors, seconds, isEqual }) => [
    pipeline,
    `${unit}s`,
    sent,
    stored,
    errors,
    `${seconds.toFixed(1)} s`,
    isEqual ? "equal" : "NOT EQUAL",
  ]);
  const [header, ...lines] = tableLines(
    ["Pipeline", "Events", "Events in", "Events stored", "Errors", "Time", "In = stored + errors"],
    rows,
  );
  return [styled("bold", header!), ...lines];
}

function printNextSteps(emulator: EmulatorProcess, steps: readonly string[]): void {
  print(`
The emulator goes on at ${emulator.endpoint} (process ${emulator.pid}, data and log in ${emulator.folder}). To try next:

${steps.map((step) => `  ${step}`).join("\n")}

To stop it: kill ${emulator.pid}; its folder may then be deleted.`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
