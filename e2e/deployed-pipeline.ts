import { afterAll, beforeAll, jest } from "@jest/globals";
import { deployPipeline } from "../cli/commands/deploy.ts";
import { destroyPipeline } from "../cli/commands/destroy.ts";
import { cloudFormation, findStack, output, type Outputs } from "../cli/deployment/stack.ts";
import { findPipeline } from "../cli/pipelines/index.ts";
import type { Deployed, Pipeline, PipelineCommands } from "../cli/pipelines/pipeline.ts";
import type { ProducerRun } from "../producer/producer.ts";
import { diagnose } from "./diagnosis.ts";
import { eventually } from "./eventually.ts";
import { remainsOf, resourcesOf } from "./remains.ts";
import { openTarget, type OpenTarget } from "./targets/index.ts";

/** Beyond every target's patience, whose message tells more. */
const TEST_TIMEOUT_MS = 400_000;

const silent = { write: () => true };

/** A pipeline on the target of this run, deployed before the tests of a suite. */
export class DeployedPipeline {
  #open: OpenTarget | undefined;
  #outputs: Outputs | undefined;
  #commands: PipelineCommands | undefined;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  async open(parameters: Readonly<Record<string, string>>): Promise<void> {
    this.#open = await openTarget();
    this.#commands = await findPipeline(this.name).load();
    await this.deploy(parameters);
  }

  /** Deploys the pipeline, or what `changes` to it says, with parameters; what it told of its progress. */
  async deploy(parameters: Readonly<Record<string, string>>, changes: Partial<Pipeline> = {}): Promise<string> {
    let told = "";
    const out = { write: (text: string) => (told += text) };
    this.#outputs = await deployPipeline(this.target, { ...findPipeline(this.name), ...changes }, parameters, out);
    return told;
  }

  async close(): Promise<void> {
    await this.#open?.[Symbol.asyncDispose]();
  }

  get target() {
    return this.#open!.target;
  }

  get patienceMs(): number {
    return this.#open!.patienceMs;
  }

  get deployed(): Deployed {
    return { target: this.target, outputs: this.#outputs! };
  }

  get commands(): PipelineCommands {
    return this.#commands!;
  }

  /** Asks until the answer is the expected one; at the end of its patience it fails, and says how the pipeline is then. */
  eventually<T>(ask: () => Promise<T>, isExpected: (answer: T) => boolean, patienceMs = this.patienceMs): Promise<T> {
    return eventually(patienceMs, ask, isExpected, () => diagnose(this.target, this.name));
  }

  /** The ids of its resources of a type. */
  async physicalIds(type: string): Promise<string[]> {
    const resources = await resourcesOf(this.target, this.name);
    return resources.filter(({ ResourceType }) => ResourceType === type).map((each) => each.PhysicalResourceId!);
  }

  output(name: string): string {
    return output(this.#outputs!, name);
  }

  /** A run of the producer with these options, as `headwater produce` makes it. */
  producer(options: object, signal = new AbortController().signal): ProducerRun {
    return this.commands.produce.run(this.deployed, options, { signal, print: () => {} });
  }

  /** Destroys the pipeline. @returns what is left of it */
  async destroy(): Promise<string[]> {
    const resources = await resourcesOf(this.target, this.name);
    await destroyPipeline(this.target, findPipeline(this.name), silent);
    const stack = await findStack(cloudFormation(this.target), this.name);
    return [...(stack ? [`the stack, ${stack.StackStatus}`] : []), ...(await remainsOf(this.target, resources))];
  }
}

/** The pipeline that the tests of this file are about: it is there before them, and its target closes behind them. */
export function usePipeline(name: string, parameters: Readonly<Record<string, string>> = {}): DeployedPipeline {
  jest.setTimeout(TEST_TIMEOUT_MS);
  const pipeline = new DeployedPipeline(name);
  beforeAll(() => pipeline.open(parameters));
  afterAll(() => pipeline.close());
  return pipeline;
}
