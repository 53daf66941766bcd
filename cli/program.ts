import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { VERSION } from "./package.ts";
import { DEFAULT_TARGET, TARGET_NAMES } from "./targets.ts";

const EXIT_CODES = `
Exit codes:
  0    done; also start, produce and --follow, when Ctrl+C has ended them
  1    failed, for the reason that is printed
  130  ended by Ctrl+C before it was done; or by a second Ctrl+C, at once`;

const PRODUCE_HELP = `
Bad rows are those with more or fewer fields than the header, a quote in the middle of a field, bytes that are not UTF-8,
no County, or over 1 MiB as a record. What --on-bad-row skip cannot pass: a quote that is never closed or has text behind
it, a row of over 4 MiB, a header that cannot be used (no County, a column twice, a column Timestamp), and a file that is
not UTF-8 text at all.`;

/** The `headwater` command. What a command does is loaded when it is asked for: `start` answers faster for it. */
export function makeProgram(): Command {
  const program = new Command("headwater")
    .description("A local-first AWS streaming stack: an emulator, and pipelines that run on it and on AWS unchanged.")
    .version(VERSION)
    .showHelpAfterError("(headwater --help tells more)")
    .addHelpText("after", EXIT_CODES);
  addStart(program);
  addDeployment(program);
  addProduce(program);
  addInspection(program);
  program
    .command("demo")
    .description("Start an emulator, deploy rivers, stream its sample data, and check that every row was counted")
    .option("--rate <rows>", "rows a second, 1 or more", positive("rate"), 100)
    .option("--file <csv>", "rows to stream instead of the sample data")
    .option("--keep", "leave the emulator running, as KEEP=1 does", process.env["KEEP"] === "1")
    .action(async (options) => (await import("./commands/demo.ts")).demo(options));
  return program;
}

function addStart(program: Command): void {
  program
    .command("start")
    .description("Start the emulator and run until Ctrl+C")
    .option("--port <port>", "0 takes a free one", port, 4566)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .addOption(new Option("--data-dir <folder>", "where the data is kept").default(".headwater").conflicts("ephemeral"))
    .option("--ephemeral", "keep the data in a temporary folder that goes at the end")
    .addOption(
      new Option("--durability <what>", "what acknowledged data survives: a killed process, or a power cut as well")
        .choices(["process", "power"])
        .default("process"),
    )
    .option(
      "--allowed-host <name...>",
      "host names that requests may use beside the loopback ones; .name allows all below",
    )
    .addOption(
      new Option("--log-level <level>", "what is logged").choices(["debug", "info", "warn", "error"]).default("warn"),
    )
    .addOption(new Option("--stop-with-parent", "stop when the process that started this one is gone").hideHelp())
    .action(async (options) => (await import("./commands/start.ts")).start(options));
}

function addDeployment(program: Command): void {
  targeted(program.command("deploy"))
    .description("Deploy a pipeline by a CloudFormation change set, or update it in place")
    .addArgument(pipelineArgument())
    .option(
      "--parameter <name=value>",
      "a parameter of the template, such as ShardCount=4; may be given again",
      collect,
      [],
    )
    .action(async (name, options) => (await import("./commands/deploy.ts")).deploy(name, options));
  targeted(program.command("destroy"))
    .description("Delete a pipeline with all that it stored")
    .addArgument(pipelineArgument())
    .action(async (name, options) => (await import("./commands/destroy.ts")).destroy(name, options));
}

function addProduce(program: Command): void {
  targeted(program.command("produce"))
    .description("Stream a CSV file into a pipeline")
    .addArgument(pipelineArgument())
    .requiredOption("--file <csv>", "the rows to send")
    .option("--rate <rows>", "rows a second, 1 or more", positive("rate"), 50)
    .option("--limit <rows>", "end after so many rows, 1 or more", wholePositive("limit"))
    .option("--loop", "begin the file again at its end, until Ctrl+C or the limit")
    .addOption(
      new Option("--on-bad-row <what>", "what a row that cannot be sent does: it is passed over, or ends the run")
        .choices(["skip", "fail"])
        .default("fail"),
    )
    .addHelpText("after", PRODUCE_HELP)
    .action(async (name, options) => (await import("./commands/produce.ts")).produceCommand(name, options));
}

function addInspection(program: Command): void {
  targeted(program.command("counts"))
    .description("Show the counts that a pipeline has stored")
    .addArgument(pipelineArgument())
    .option("--follow", "go on with new ones until Ctrl+C")
    .option("--county <name>", "of one county only")
    .option("--json", "as a JSON array; with --follow, one JSON object a line")
    .action(async (name, options) => (await import("./commands/counts.ts")).counts(name, options));
  targeted(program.command("logs"))
    .description("Show what a Lambda function has logged")
    .argument("<function>", "name of the function")
    .option("--follow", "go on with new lines until Ctrl+C")
    .action(async (name, options) => (await import("./commands/logs.ts")).logs(name, options));
  targeted(program.command("status"))
    .description("Show the target's health, stacks, streams and event source mappings")
    .action(async (options) => (await import("./commands/status.ts")).status(options));
}

const pipelineArgument = () => new Argument("<pipeline>", "name of a pipeline: rivers");

function targeted(command: Command): Command {
  return command
    .option("--target <name>", `where to: ${TARGET_NAMES.join(", ")}`, DEFAULT_TARGET)
    .option("--endpoint <url>", "the target's URL, when it is not the usual one")
    .option("--region <region>", "AWS region");
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}

const positive = (name: string) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 1) return value;
  throw new InvalidArgumentError(`The ${name} is a number of 1 or more.`);
};

const wholePositive = (name: string) => (text: string) => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError(`The ${name} is a whole number of 1 or more.`);
};
