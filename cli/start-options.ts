import { type Command, InvalidArgumentError, Option } from "commander";
import type { Auth, EmulatorOptions } from "../emulator/index.ts";
import { UserError } from "./errors.ts";
import { type ImageSettings, localstackImage } from "./localstack-image.ts";
import { httpUrl, isOn, port } from "./options.ts";

export interface StartOptions extends ImageSettings {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly durability: EmulatorOptions["durability"];
  readonly iam: "on" | "off";
  readonly kinesisLimits: "on" | "off";
  readonly dynamodbLimits: "on" | "off";
  readonly auth: Auth;
  readonly accessKey?: Readonly<Record<string, string>>;
  readonly stopWithParent?: boolean;
  readonly asLocalstack?: boolean;
  /** Variables of LocalStack that are set and have no effect here. */
  readonly withoutEffect: readonly string[];
}

/** An option that a variable may set instead: `--data-dir` is HEADWATER_DATA_DIR. */
function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  const variable = `HEADWATER_${made.name().replaceAll("-", "_").toUpperCase()}`;
  // Compose hands on a variable that is not set as an empty one
  const value = process.env[variable];
  if (value === "" || isServiceLink(variable, value)) delete process.env[variable];
  return made.env(variable);
}

const words = (value: string, before: readonly string[] = []): string[] => [
  ...before,
  ...value.split(/[\s,]+/).filter(Boolean),
];

/** @throws InvalidArgumentError */
function accessKeys(value: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const pairs = words(value).map((word): [string, string] => {
    const colon = word.indexOf(":");
    if (colon < 1 || colon === word.length - 1) throw new InvalidArgumentError("It is not of the form id:secret.");
    return [word.slice(0, colon), word.slice(colon + 1)];
  });
  return { ...before, ...Object.fromEntries(pairs) };
}

export const portOption = () => option("--port <port>", "0 takes a free one").argParser(port).default(4566);

export const asLocalstackOption = () =>
  option(
    "--as-localstack",
    "as LocalStack's image: its address, folders, hooks and variables where nothing else is said",
  );

export const startOptions = (): readonly Option[] => [
  portOption(),
  option("--host <address>", "address to listen on").default("127.0.0.1"),
  option("--data-dir <folder>", "where the data is kept").default(".headwater"),
  option("--ephemeral", "keep the data in a temporary folder that goes at the end"),
  option("--durability <what>", "what acknowledged data survives: a killed process, or a power cut as well")
    .choices(["process", "power"])
    .default("process"),
  option(
    "--allowed-host <name...>",
    "host names that requests may use beside the loopback ones; .name allows all below",
  ).argParser(words),
  option(
    "--public-endpoint <url>",
    "URL at which others reach this emulator, for links in what it sends; answers use the host of their request",
  ).argParser(httpUrl),
  option("--iam <on|off>", "whether roles may only do what their policies allow").choices(["on", "off"]).default("on"),
  option("--kinesis-limits <on|off>", "whether Kinesis streams take and give no more than AWS's rates; off for load")
    .choices(["on", "off"])
    .default("on"),
  option(
    "--auth <off|presigned|verify>",
    "whose signatures are verified: nobody's, those of presigned URLs and forms, or those of every request",
  )
    .choices(["off", "presigned", "verify"])
    .default("presigned"),
  option(
    "--access-key <id:secret...>",
    "access keys that requests may be signed by, beside test:test and those of roles; without their secrets URLs cannot be verified",
  ).argParser(accessKeys),
  option("--dynamodb-limits <on|off>", "whether DynamoDB's tables take and give no more than their capacity")
    .choices(["on", "off"])
    .default("off"),
  option("--init-dir <folder>", "folder with hooks: scripts in boot.d, start.d, ready.d and shutdown.d"),
  option("--log-level <level>", "what is logged").choices(["debug", "info", "warn", "error"]).default("warn"),
  asLocalstackOption(),
  new Option("--stop-with-parent", "stop when the process that started this one is gone").hideHelp(),
];

/** The other variables of ours: those of commands that go to a target, of every command, and of docker compose. */
const OTHER_VARIABLES = ["HEADWATER_TARGET", "HEADWATER_DEBUG", "HEADWATER_COMMAND", "HEADWATER_IMAGE"];

/**
 * What Kubernetes and Docker's links put into the environment of whatever runs beside a service that is named `headwater`: where
 * that one is, and no option.
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const isServiceLink = (name: string, value = ""): boolean =>
  /^HEADWATER_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/.test(name) ||
  (name === "HEADWATER_PORT" && /^(tcp|udp|sctp):\/\//.test(value));

/** A variable with a slip in its name would leave its option as it is: that may cost data. @throws UserError */
export function refuseUnknownVariables(environment: Readonly<NodeJS.ProcessEnv>): void {
  const known = [...startOptions().flatMap(({ envVar }) => envVar ?? []), ...OTHER_VARIABLES];
  const unknown = Object.keys(environment).filter(
    (name) =>
      name.startsWith("HEADWATER_") &&
      environment[name] &&
      !known.includes(name) &&
      !isServiceLink(name, environment[name]),
  );
  if (unknown.length === 0) return;
  throw new UserError(`There is no variable ${unknown.toSorted().join(", ")}. There are ${known.join(", ")}.`);
}

/** Who has said what an option is; the later ones go before the earlier ones. */
const SOURCES = ["default", "image", "env", "cli"] as const;

/** What `start` is to do: its arguments, then HEADWATER_* variables, then, as LocalStack's image, that one's ways. */
export function resolveStartOptions(command: Command, environment: Readonly<NodeJS.ProcessEnv>): StartOptions {
  const given: Record<string, unknown> = command.opts();
  const sources = new Map(Object.keys(given).map((name) => [name, sourceOf(command, name)]));
  for (const [name, source] of sources) {
    // a flag's variable is a flag as well: HEADWATER_EPHEMERAL=0 says no
    const variable = command.options.find((each) => each.attributeName() === name)?.envVar ?? "";
    if (source === "env" && given[name] === true && !isOn(variable, environment[variable] ?? "")) {
      given[name] = undefined;
      sources.set(name, "default");
    }
  }
  const image = given["asLocalstack"] === true ? localstackImage(environment) : { settings: {}, withoutEffect: [] };
  for (const [name, value] of Object.entries(image.settings)) {
    if ((sources.get(name) ?? "default") !== "default") continue;
    given[name] = value;
    sources.set(name, "image");
  }
  const rank = (name: string) => SOURCES.indexOf(sources.get(name) ?? "default");
  if (given["ephemeral"] === true && rank("dataDir") === SOURCES.indexOf("cli")) {
    if (rank("ephemeral") === rank("dataDir")) {
      command.error("error: option '--ephemeral' cannot be used with option '--data-dir <folder>'");
    }
    given["ephemeral"] = undefined;
  }
  return { ...(given as unknown as StartOptions), withoutEffect: image.withoutEffect };
}

function sourceOf(command: Command, name: string): (typeof SOURCES)[number] {
  const source = command.getOptionValueSource(name);
  if (source === "cli") return "cli";
  return source === "env" ? "env" : "default";
}
