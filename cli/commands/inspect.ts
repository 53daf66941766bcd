import { interruptSignal } from "../interrupt.ts";
import { pipelineCommand } from "./pipeline-command.ts";

const print = (...lines: readonly string[]): void => {
  for (const line of lines) process.stdout.write(`${line}\n`);
};

/** `headwater query PIPELINE` and `headwater report PIPELINE`: what is stored, as the pipeline has it. */
export async function inspect(what: "query" | "report", name: string, args: readonly string[]): Promise<void> {
  const signal = interruptSignal();
  await pipelineCommand(what, name, args, (command, deployed, options) =>
    command.run(deployed, options, { signal, print }),
  );
}
