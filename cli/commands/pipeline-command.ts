import { Command } from "commander";
import { pipelineOutputs } from "../deployment/stack.ts";
import { UserError } from "../errors.ts";
import { targeted } from "../options.ts";
import { findPipeline, PIPELINES } from "../pipelines/index.ts";
import type { Deployed, PipelineCommands } from "../pipelines/pipeline.ts";
import { onTarget, type TargetOptions } from "../targets/index.ts";

/** The commands that each pipeline has in its own way. */
type Name = "produce" | "query" | "report";

type Found<N extends Name> = NonNullable<PipelineCommands[N]>;

/**
 * Reads the options of a pipeline's own command (`headwater produce rivers --rate 50`) and does `work` with them: only
 * the pipeline that is named is loaded.
 */
export async function pipelineCommand<N extends Name>(
  name: N,
  pipelineName: string,
  args: readonly string[],
  work: (command: Found<N>, deployed: Deployed, options: object) => Promise<void>,
): Promise<void> {
  const pipeline = findPipeline(pipelineName);
  const found = (await pipeline.load())[name] as Found<N> | undefined;
  if (!found) throw new UserError(`${pipelineName} has no ${name}. Pipelines that have: ${await having(name)}.`);
  const command = targeted(new Command(`headwater ${name} ${pipelineName}`)).description(found.description);
  found.configure(command);
  command
    .showHelpAfterError(`(headwater ${name} ${pipelineName} --help tells more)`)
    .action(async (options: TargetOptions) => {
      await onTarget(options, async (target) => {
        const outputs = await pipelineOutputs(target, pipeline);
        await work(found, { target, outputs }, options);
      });
    });
  await command.parseAsync([...args], { from: "user" });
}

async function having(name: Name): Promise<string> {
  const loaded = await Promise.all(PIPELINES.map(async (each) => ({ each, commands: await each.load() })));
  return loaded
    .filter(({ commands }) => commands[name] !== undefined)
    .map(({ each }) => each.name)
    .join(", ");
}
