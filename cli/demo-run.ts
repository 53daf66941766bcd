import { deployPipeline } from "./commands/deploy.ts";
import type { Output } from "./deployment/progress.ts";
import { pause } from "./interrupt.ts";
import type { DemoOptions, Deployed, Follower, Pipeline, PipelineCommands, Progress } from "./pipelines/pipeline.ts";
import { ProduceProgress, summaryOf } from "./produce-progress.ts";
import { styled } from "./style.ts";
import type { Target } from "./targets/index.ts";
import { counted } from "./text.ts";

const FOLLOW_INTERVAL_MS = 250;

/** How long the last events may take after the last one was sent. */
const STORING_TIMEOUT_MS = 90_000;

/** What one pipeline's demo came to. */
export interface DemoResult {
  readonly pipeline: string;
  readonly unit: string;
  /** Events that the producer sent. */
  readonly sent: number;
  /** Of those: stored, and ended where malformed ones end. */
  readonly stored: number;
  readonly errors: number;
  readonly seconds: number;
  /** Every event that was sent is stored or among the errors, none is twice. */
  readonly isEqual: boolean;
}

/** One pipeline's demo on an emulator: deployed, fed, followed until every event is accounted for. */
export class DemoRun {
  readonly #target: Target;
  readonly #pipeline: Pipeline;
  readonly #signal: AbortSignal;
  readonly #print: (line: string) => void;

  constructor(target: Target, pipeline: Pipeline, signal: AbortSignal, print: (line: string) => void) {
    this.#target = target;
    this.#pipeline = pipeline;
    this.#signal = signal;
    this.#print = print;
  }

  /** Undefined when it was interrupted. */
  async run(options: DemoOptions): Promise<{ result: DemoResult; deployed: Deployed } | undefined> {
    const startMs = performance.now();
    const commands = await this.#pipeline.load();
    this.#print(`\n${styled("bold", this.#pipeline.name)}: ${commands.demo.title}`);
    const out = outputUntil(this.#signal);
    const deploying = deployPipeline(this.#target, this.#pipeline, commands.demo.parameters, out);
    const outputs = await unlessAborted(this.#signal, deploying);
    if (!outputs) return undefined;
    const deployed = { target: this.#target, outputs };
    const ended = await this.#stream(commands, deployed, options);
    if (!ended) return undefined;
    const seconds = (performance.now() - startMs) / 1000;
    return { result: { ...ended, pipeline: this.#pipeline.name, seconds }, deployed };
  }

  /** Sends events and shows what is stored as it comes, until all are there or time is up. */
  async #stream({ produce, demo }: PipelineCommands, deployed: Deployed, options: DemoOptions) {
    const signal = this.#signal;
    let progress: ProduceProgress | undefined;
    const print = (...lines: readonly string[]) => progress?.print(lines);
    const run = produce.run(deployed, await demo.produceOptions(options, deployed), { signal, print });
    const follower = demo.follow(deployed);
    this.#print(follower.header === undefined ? "" : `\n${styled("bold", follower.header)}`);
    progress = new ProduceProgress(run);
    let latest: Progress = { lines: [], stored: 0, errors: 0 };
    const look = async (isWhole: boolean) => {
      latest = await follower.next(isWhole);
      print(...latest.lines);
    };
    const isMissing = () => latest.stored + latest.errors < run.stats.sent;
    let deadlineMs = Infinity;
    const sending = run.run().finally(() => (deadlineMs = performance.now() + STORING_TIMEOUT_MS));
    // it is awaited below, after what it stops
    sending.catch(() => undefined);
    try {
      while (!signal.aborted && (!run.stats.isDone || isMissing()) && performance.now() < deadlineMs) {
        await Promise.all([pause(FOLLOW_INTERVAL_MS, signal), look(false)]);
      }
      await sending;
      await look(true);
    } finally {
      await sending.catch(() => undefined);
      progress.stop();
    }
    if (signal.aborted) return undefined;
    this.#print(`\n${summaryOf(run)}`);
    const { stored, errors } = latest;
    const { sent } = run.stats;
    const isEqual = sent === stored + errors && sent > 0;
    this.#print(await closingLine(run.unit, { sent, stored, errors, isEqual }, follower));
    return { unit: run.unit, sent, stored, errors, isEqual };
  }
}

async function closingLine(
  unit: string,
  { sent, stored, errors, isEqual }: Pick<DemoResult, "sent" | "stored" | "errors" | "isEqual">,
  follower: Follower,
): Promise<string> {
  const figures = [
    `${counted(sent, unit)} sent`,
    ...((await follower.figures?.()) ?? []),
    `${counted(stored, unit)} stored`,
    ...(errors > 0 ? [`${counted(errors, unit)} set aside as malformed`] : []),
  ];
  return `${figures.join(", ")}: ${isEqual ? styled("green", "equal") : styled("red", "NOT EQUAL")}`;
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
