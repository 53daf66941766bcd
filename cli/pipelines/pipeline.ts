import type { Command } from "commander";
import type { ProducerRun } from "../../producer/producer.ts";
import type { Outputs } from "../deployment/stack.ts";
import type { Target } from "../targets/index.ts";

/** A pipeline as deploy and destroy see it. What the other commands do with it is loaded when it is asked for. */
export interface Pipeline {
  readonly name: string;
  /** Folder with template.yaml and the handlers. */
  readonly folder: string;
  /** Entry files of the Lambda functions, one .mjs file each in the zip. */
  readonly handlers: readonly string[];
  readonly load: () => Promise<PipelineCommands>;
}

/** A pipeline that is deployed. */
export interface Deployed {
  readonly target: Target;
  readonly outputs: Outputs;
}

/** A command that each pipeline has in its own way: its options, and what it does with them. */
export interface PipelineCommand<O, R> {
  readonly description: string;
  /** Adds options, arguments and help to the command. */
  configure(command: Command): void;
  /** Completes the options by what has to be asked for. */
  prepare?(deployed: Deployed, options: O): Promise<O>;
  run(deployed: Deployed, options: O, context: RunContext): R;
}

export interface RunContext {
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  /** Prints lines, above the progress bar where there is one. */
  readonly print: (...lines: readonly string[]) => void;
}

export interface PipelineCommands {
  /** Makes a run of the producer. */
  readonly produce: PipelineCommand<object, ProducerRun>;
  /** Questions about what is stored. */
  readonly query?: PipelineCommand<object, Promise<void>>;
  /** A page about what is stored. */
  readonly report?: PipelineCommand<object, Promise<void>>;
  /** What users and producers set in their environment: API_URL and the like. */
  readonly environment?: (deployed: Deployed) => Promise<Readonly<Record<string, string>>>;
  /** Those variables of it that are not shown of an account: what is printed goes into logs of CI. */
  readonly secrets?: readonly string[];
  readonly demo: Demo;
}

export interface DemoOptions {
  /** Events a second. */
  readonly rate: number;
  /** Rows to stream instead of the sample data, where the pipeline reads a file. */
  readonly file?: string;
}

export interface Demo {
  /** What the demo shows, in a few words: "New York's fishing rivers, counted by county". */
  readonly title: string;
  /** Parameters of the template for a demo, such as short buffers. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The options of `produce` for the demo's run. */
  produceOptions(options: DemoOptions, deployed: Deployed): object | Promise<object>;
  /** Follows what is stored, from a stack that has just been deployed. */
  follow(deployed: Deployed): Follower;
  /** Commands to try next, while the emulator goes on. */
  nextSteps(deployed: Deployed): readonly string[];
}

/** What became of the events, as far as it can be seen in the stores. */
export interface Progress {
  /** New lines to show. */
  readonly lines: readonly string[];
  /** Events stored by now. */
  readonly stored: number;
  /** Events by now that ended where malformed ones end. */
  readonly errors: number;
}

export interface Follower {
  /** Above the first line. */
  readonly header?: string;
  /** @param isWhole nothing more is to come: what was held back is shown */
  next(isWhole: boolean): Promise<Progress>;
  /** Further figures for the closing line: "14 batches", "62 counties". */
  figures?(): Promise<readonly string[]>;
}
