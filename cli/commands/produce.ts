import { interruptSignal } from "../interrupt.ts";
import { ProduceProgress, summaryOf } from "../produce-progress.ts";
import { pipelineCommand } from "./pipeline-command.ts";

/** `headwater produce PIPELINE`: sends events into a pipeline; Ctrl+C sends what was read and ends. */
export async function produce(name: string, args: readonly string[]): Promise<void> {
  const signal = interruptSignal();
  await pipelineCommand("produce", name, args, async (command, deployed, options) => {
    let progress: ProduceProgress | undefined;
    const prepared = (await command.prepare?.(deployed, options)) ?? options;
    const run = command.run(deployed, prepared, { signal, print: (...lines) => progress?.print(lines) });
    progress = new ProduceProgress(run);
    let isComplete = false;
    try {
      await run.run();
      isComplete = true;
    } finally {
      progress.stop();
      const { read, skipped, refused } = run.stats;
      if (refused > 0) process.exitCode = 1;
      if (isComplete || read + skipped > 0) process.stdout.write(`${summaryOf(run)}\n`);
    }
  });
}
