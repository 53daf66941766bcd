import { Argument, Command } from "commander";
import { collect, positive, targeted } from "./options.ts";
import { VERSION } from "./package.ts";
import { PIPELINE_NAMES } from "./pipelines/index.ts";
import {
  asLocalstackOption,
  portOption,
  refuseUnknownVariables,
  resolveStartOptions,
  startOptions,
} from "./start-options.ts";

const EXIT_CODES = `
Exit codes:
  0    done; also start, produce and --follow, when Ctrl+C has ended them
  1    failed, for the reason that is printed
  130  ended by Ctrl+C before it was done; or by a second Ctrl+C, at once`;

const YES = "do not ask first, as CONFIRM=yes does; only an account (--target aws) is asked about";

const ACCOUNT_HELP = `
An account (--target aws):
  The credentials are those of the profile that AWS_PROFILE names, else those of the environment (AWS_ACCESS_KEY_ID), else
  those of the profile devops-training. The region is --region, AWS_REGION or the profile's. What every AWS tool knows is
  known here too: roles to assume, MFA, SSO, AWS_CONFIG_FILE, AWS_ENDPOINT_URL, AWS_MAX_ATTEMPTS, AWS_RETRY_MODE.
  Account, region, identity, changes and their monthly costs are shown before anything is made; then it is asked, once.
  CONFIRM=yes says yes beforehand.`;

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
  const start = program.command("start").description("Start the emulator and run until Ctrl+C");
  for (const option of startOptions()) start.addOption(option);
  start.action(async () => {
    refuseUnknownVariables(process.env);
    await (await import("./commands/start.ts")).start(resolveStartOptions(start, process.env));
  });
  const health = program
    .command("health")
    .description(
      "Whether the emulator of this machine is well and its hooks in ready.d went well: exit code 0, otherwise 1",
    )
    .addOption(portOption())
    .addOption(asLocalstackOption());
  health.action(async () => (await import("./commands/health.ts")).health(resolveStartOptions(health, process.env)));
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
    .option("--next-steps", "print commands to try next")
    .option("--dry-run", "show what would change, and stop: nothing is left behind")
    .option("--yes", YES)
    .addHelpText("after", ACCOUNT_HELP)
    .action(async (names, options) => (await import("./commands/deploy.ts")).deploy(names, options));
  targeted(program.command("destroy"))
    .description("Delete pipelines with all that they stored")
    .argument("<pipelines...>", `names of pipelines, or all: ${PIPELINE_NAMES.join(", ")}`)
    .option("--yes", YES)
    .addHelpText("after", ACCOUNT_HELP)
    .action(async (names, options) => (await import("./commands/destroy.ts")).destroy(names, options));
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
  targeted(program.command("mappings"))
    .description("Show how far each event source mapping is, shard by shard: checkpoint, age, batches, errors")
    .option("--follow", "go on until Ctrl+C: drawn anew on a terminal, otherwise a line for each change")
    .option("--function <name>", "of one function only")
    .option("--json", "as a JSON array; with --follow, one JSON object a line")
    .action(async (options) => (await import("./commands/mappings.ts")).mappings(options));
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
