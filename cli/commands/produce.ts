import { Production, type ProduceOptions } from "../../producer/produce.ts";
import { makeSingleAttemptClient } from "../../producer/put-records.ts";
import { output, pipelineOutputs } from "../deployment/stack.ts";
import { interruptSignal } from "../interrupt.ts";
import { findPipeline } from "../pipelines.ts";
import { ProduceProgress, summaryOf } from "../produce-progress.ts";
import { onTarget, type TargetOptions } from "../targets.ts";

export interface ProduceCommandOptions
  extends TargetOptions, Pick<ProduceOptions, "file" | "rate" | "limit" | "loop" | "onBadRow"> {}

/** `headwater produce`: streams a file into a pipeline; Ctrl+C sends what was read and ends. */
export async function produceCommand(name: string, options: ProduceCommandOptions): Promise<void> {
  const pipeline = findPipeline(name);
  await onTarget(options, async (target) => {
    const outputs = await pipelineOutputs(target, pipeline);
    const client = makeSingleAttemptClient(target.clientConfig);
    let progress: ProduceProgress | undefined;
    const production = new Production(pipeline.producer, {
      ...options,
      client,
      streamName: output(outputs, "StreamName"),
      signal: interruptSignal(),
      onSkip: (message) => progress?.print([`skipped: ${message}`]),
    });
    progress = new ProduceProgress(production);
    try {
      await production.run();
    } finally {
      progress.stop();
      process.stdout.write(`${summaryOf(production)}\n`);
      client.destroy();
    }
  });
}
