import { existsSync } from "node:fs";
import type { Auth } from "../emulator/index.ts";
import type { LogLevel } from "../emulator/runtime/log.ts";
import { UserError } from "./errors.ts";
import { WITHOUT_EFFECT } from "./localstack-variables.ts";
import { isOn } from "./options.ts";

/** Options of `start` that LocalStack's image settles in its own ways. */
export interface ImageSettings {
  readonly host?: string;
  readonly port?: number;
  readonly dataDir?: string;
  readonly ephemeral?: boolean;
  readonly initDir?: string;
  readonly allowedHost?: readonly string[];
  readonly publicEndpoint?: string;
  readonly iam?: "on" | "off";
  readonly auth?: Auth;
  readonly logLevel?: LogLevel;
}

const USUAL_PORT = 4566;
const INIT_DIR = "/etc/localstack/init";

/** What LocalStack's image is without any variable; the name is LocalStack's own for the loopback address. */
const DEFAULTS: ImageSettings = {
  host: "0.0.0.0",
  port: USUAL_PORT,
  dataDir: "/var/lib/localstack",
  allowedHost: ["localhost.localstack.cloud", ".localhost.localstack.cloud"],
};

const LOG_LEVELS: Readonly<Record<string, LogLevel>> = {
  "trace-internal": "debug",
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
};

/** LocalStack's variables that mean the same here, in order: a later one goes before an earlier one. */
const MEANINGS: Readonly<Record<string, (value: string, before: ImageSettings) => ImageSettings>> = {
  GATEWAY_LISTEN: listenAddress,
  LOCALSTACK_HOST: (value, { port }) => ({
    publicEndpoint: `http://${/:\d+$/.test(value) ? value : `${value}:${port}`}`,
  }),
  PERSISTENCE: (value) => ({ ephemeral: !isOn("PERSISTENCE", value) }),
  ENFORCE_IAM: (value) => ({ iam: isOn("ENFORCE_IAM", value) ? "on" : "off" }),
  // with their signatures, the expiry of presigned URLs is left out
  S3_SKIP_SIGNATURE_VALIDATION: (value) => ({
    auth: isOn("S3_SKIP_SIGNATURE_VALIDATION", value) ? "off" : "presigned",
  }),
  DEBUG: (value) => (isOn("DEBUG", value) ? { logLevel: "debug" } : {}),
  LS_LOG: logLevel,
};

const PREFIX = "LOCALSTACK_";

/** What `start --as-localstack` settles from LocalStack's variables, and the names of those that have no effect here. */
export function localstackImage(environment: Readonly<NodeJS.ProcessEnv>): {
  readonly settings: ImageSettings;
  readonly withoutEffect: readonly string[];
} {
  let settings: ImageSettings = { ...DEFAULTS, ...(existsSync(INIT_DIR) && { initDir: INIT_DIR }) };
  for (const [name, meaning] of Object.entries(MEANINGS)) {
    // as LocalStack's entry point has it, LOCALSTACK_DEBUG stands for DEBUG
    const value = environment[PREFIX + name] ?? environment[name];
    if (value) settings = { ...settings, ...meaning(value, settings) };
  }
  const withoutEffect = Object.keys(environment).filter((name) => environment[name] && hasNoEffect(name));
  return { settings, withoutEffect: withoutEffect.toSorted() };
}

function hasNoEffect(name: string): boolean {
  const bare = name.startsWith(PREFIX) && !WITHOUT_EFFECT.has(name) ? name.slice(PREFIX.length) : name;
  return WITHOUT_EFFECT.has(bare) || bare.startsWith("PROVIDER_OVERRIDE_");
}

/** `0.0.0.0:4566`, `:4566`, `[::]:4566` or `0.0.0.0` */
function listenAddress(value: string): ImageSettings {
  const [, host, port] = /^(\[[^\]]+\]|[^:,]*)(?::(\d{1,5}))?$/.exec(value) ?? [];
  if (host === undefined) {
    throw new UserError(`GATEWAY_LISTEN is one address here, such as 0.0.0.0:4566, and not ${value}.`);
  }
  return { host: host.replace(/^\[|\]$/g, "") || "0.0.0.0", port: Number(port ?? USUAL_PORT) };
}

function logLevel(value: string): ImageSettings {
  const level = LOG_LEVELS[value.toLowerCase()];
  if (level === undefined) {
    throw new UserError(`LS_LOG is one of ${Object.keys(LOG_LEVELS).join(", ")}, and not ${value}.`);
  }
  return { logLevel: level };
}
