import { Production, type ProduceOptions } from "../../producer/produce.ts";
import { makeSingleAttemptClient } from "../../producer/put-records.ts";
import { output, pipelineOutputs } from "../deployment/stack.ts";
import { interruptSignal } from "../interrupt.ts";
import { findPipeline } from "../pipelines.ts";
import { ProduceProgress, summaryOf } from "../produce-progress.ts";
import { printable } from "../text.ts";
import { onTarget, type TargetOptions } from "../targets.ts";

export interface ProduceCommandOptions
  extends TargetOptions, Pick<ProduceOptions, "file" | "rate" | "limit" | "loop" | "onBadRow"> {}

/** `headwater produce`: streams a file into a pipeline; Ctrl+C sends what was read and ends. */
export async function produceCommand(name: string, options: ProduceCommandOptions): Promise<void> {
  const pipeline = findPipeline(name);
  const signal = interruptSignal();
  await onTarget(options, async (target) => {
    const outputs = await pipelineOutputs(target, pipeline);
    const client = makeSingleAttemptClient(target.clientConfig);
    let progress: ProduceProgress | undefined;
    const production = new Production(pipeline.producer, {
      ...options,
      client,
      streamName: output(outputs, "StreamName"),
      signal,
      onSkip: (message) => progress?.print([`skipped: ${printable(message)}`]),
    });
    progress = new ProduceProgress(production);
    let isComplete = false;
    try {
      await production.run();
      isComplete = true;
    } finally {
      progress.stop();
      const { read, skipped } = production.stats;
      if (isComplete || read + skipped > 0) process.stdout.write(`${summaryOf(production)}\n`);
      client.destroy();
    }
  });
}
