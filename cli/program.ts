import { Argument, Command } from "commander";
import { collect, positive, targeted } from "./options.ts";
import { VERSION } from "./package.ts";
import { PIPELINE_NAMES } from "./pipelines/index.ts";

const EXIT_CODES = `
Exit codes:
  0    done; also start, produce and --follow, when Ctrl+C has ended them
  1    failed, for the reason that is printed
  130  ended by Ctrl+C before it was done; or by a second Ctrl+C, at once`;

/** The `headwater` command. What a command does is loaded when it is asked for: `start` answers faster for it. */
export function makeProgram(): Command {
  const program = new Command("headwater")
    .description("A local-first AWS streaming stack: an emulator, and pipelines that run on it and on AWS unchanged.")
    .version(VERSION)
    .showHelpAfterError("(headwater --help tells more)")
    .addHelpText("after", EXIT_CODES)
    .enablePositionalOptions();
  addStart(program);
  addDeployment(program);
  addInspection(program);
  program
    .command("demo")
    .description("Start an emulator, deploy a pipeline, stream its sample data, and check that every event is stored")
    .argument("[pipeline]", `name of a pipeline, or all: ${PIPELINE_NAMES.join(", ")}`, "rivers")
    .option("--rate <events>", "events a second, 1 or more", positive("rate"), 100)
    .option("--file <csv>", "rows to stream instead of the sample data, where the pipeline reads a file")
    .option("--keep", "leave the emulator running, as KEEP=1 does", process.env["KEEP"] === "1")
    .action(async (name, options) => (await import("./commands/demo.ts")).demo(name, options));
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
      new Option("--iam <on|off>", "whether roles may only do what their policies allow")
        .choices(["on", "off"])
        .default("on"),
    )
    .addOption(
      new Option("--log-level <level>", "what is logged").choices(["debug", "info", "warn", "error"]).default("warn"),
    )
    .addOption(new Option("--stop-with-parent", "stop when the process that started this one is gone").hideHelp())
    .action(async (options) => (await import("./commands/start.ts")).start(options));
    .option("--next-steps", "print commands to try next")
}

function addDeployment(program: Command): void {
  targeted(program.command("deploy"))
    .description("Deploy pipelines by CloudFormation change sets, or update them in place")
    .argument("<pipelines...>", `names of pipelines, or all: ${PIPELINE_NAMES.join(", ")}`)
    .option(
      "--parameter <name=value>",
      "a parameter of the template, such as ShardCount=4; may be given again",
      collect,
      [],
    )
    .option(
      "--write-env [file]",
      "write what users of the pipeline set in their environment (API_URL, API_KEY) to a file",
    )
    .action(async (names, options) => (await import("./commands/deploy.ts")).deploy(names, options));
  targeted(program.command("destroy"))
    .description("Delete a pipeline with all that it stored")
    .addArgument(pipelineArgument())
    .action(async (name, options) => (await import("./commands/destroy.ts")).destroy(name, options));
}

function addInspection(program: Command): void {
  ownOptions(program.command("produce"))
    .description("Send events into a pipeline: `headwater produce rivers --help` shows its options")
    .action(async (name, args) => (await import("./commands/produce.ts")).produce(name, args));
  for (const [what, description] of [
    ["query", "Ask what a pipeline has stored: `headwater query weather --help` shows its questions"],
    ["report", "Make a page of what a pipeline has stored: `headwater report iot --help` shows its options"],
  ] as const) {
    ownOptions(program.command(what))
      .description(description)
      .action(async (name, args) => (await import("./commands/inspect.ts")).inspect(what, name, args));
  }
  targeted(program.command("counts"))
    .description("Show the counts that a pipeline has stored")
    .argument("<pipeline>", "rivers")
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

const pipelineArgument = () => new Argument("<pipeline>", `name of a pipeline: ${PIPELINE_NAMES.join(", ")}`);

/** A command whose options are the pipeline's own. */
const ownOptions = (command: Command): Command =>
  command
    .addArgument(pipelineArgument())
    .argument("[options...]", "the pipeline's own")
    .passThroughOptions()
    .allowUnknownOption();
