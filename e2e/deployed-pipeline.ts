import { CloudFormationClient, ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll } from "@jest/globals";
import { deployPipeline } from "../cli/commands/deploy.ts";
import { destroyPipeline } from "../cli/commands/destroy.ts";
import { output, type Outputs } from "../cli/deployment/stack.ts";
import { findPipeline } from "../cli/pipelines/index.ts";
import type { Deployed, PipelineCommands } from "../cli/pipelines/pipeline.ts";
import type { ProducerRun } from "../producer/producer.ts";
import { openTarget, type OpenTarget } from "./targets/index.ts";

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
    this.#outputs = await deployPipeline(this.target, findPipeline(this.name), parameters, silent);
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

  output(name: string): string {
    return output(this.#outputs!, name);
  }

  /** A run of the producer with these options, as `headwater produce` makes it. */
  producer(options: object, signal = new AbortController().signal): ProducerRun {
    return this.commands.produce.run(this.deployed, options, { signal, print: () => {} });
  }

  /** The status of every stack after the pipeline was destroyed. */
  async destroy(): Promise<readonly (string | undefined)[]> {
    await destroyPipeline(this.target, findPipeline(this.name), silent);
    const client = new CloudFormationClient(this.target.clientConfig);
    const { StackSummaries = [] } = await client.send(new ListStacksCommand());
    return StackSummaries.map(({ StackStatus }) => StackStatus);
  }
}

/** The pipeline that the tests of this file are about: it is there before them, and its target closes behind them. */
export function usePipeline(name: string, parameters: Readonly<Record<string, string>> = {}): DeployedPipeline {
  const pipeline = new DeployedPipeline(name);
  beforeAll(() => pipeline.open(parameters));
  afterAll(() => pipeline.close());
  return pipeline;
}
