import { statSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { type RunningEmulator, startEmulator } from "../../emulator/index.ts";
import { InitHooks } from "../../emulator/init/hooks.ts";
import { Logger } from "../../emulator/runtime/log.ts";
import { UserError } from "../errors.ts";
import { INTERRUPTED } from "../interrupt.ts";
import type { StartOptions } from "../start-options.ts";

/** How long the hooks of the shutdown may take, in milliseconds: an engine kills a container that has not stopped after 10 s. */
const SHUTDOWN_HOOKS_MS = 5_000;

/**
 * How much the heap may grow between two full collections, in percent. V8 takes less when memory comes and goes fast, as the chunks of large
 * bodies do: it then collects all the time, a third of an upload's processor time.
 */
const HEAP_GROWTH = 200;

/** Runs an emulator in this process until a signal ends it. */
export async function start(options: StartOptions): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  const log = new Logger(options.logLevel);
  if (options.withoutEffect.length > 0) {
    log.warn("variables of LocalStack that have no effect here", { variables: options.withoutEffect });
  }
  const hooks = options.initDir === undefined ? undefined : initHooks(options.initDir, log);
  const interrupted = new AbortController();
  const starting = startWithHooks(options, hooks, interrupted.signal);
  stopOnSignal(starting, hooks, interrupted, options.stopWithParent ?? false);
  const emulator = await starting.catch((error: unknown) => {
    throw explainStart(error, options);
  });
  if (emulator === undefined || interrupted.signal.aborted) return;
  const where = options.ephemeral ? "nothing is kept" : `data in ${options.dataDir}`;
  const limits =
    (options.kinesisLimits === "off" ? ", no limits of Kinesis" : "") +
    (options.dynamodbLimits === "on" ? ", limits of DynamoDB" : "");
  const auth = { off: ", no signatures verified", presigned: "", verify: ", signatures verified" }[options.auth];
  process.stdout.write(`Headwater is ready at ${emulator.endpoint} (${where}, IAM ${options.iam}${auth}${limits}).\n`);
  // the line that tools made for LocalStack wait for
  if (options.asLocalstack) process.stdout.write("Ready.\n");
  process.send?.({ endpoint: emulator.endpoint });
}

/** @returns undefined when `signal` has given the start up before there was an emulator */
async function startWithHooks(
  options: StartOptions,
  hooks: InitHooks | undefined,
  signal: AbortSignal,
): Promise<RunningEmulator | undefined> {
  await hooks?.run("BOOT", { signal });
  await hooks?.run("START", { signal });
  if (signal.aborted) return undefined;
  const emulator = await startEmulator({
    port: options.port,
    host: options.host,
    ...(!options.ephemeral && { dataDirectory: options.dataDir }),
    durability: options.durability,
    allowedHosts: options.allowedHost,
    publicEndpoint: options.publicEndpoint,
    iam: options.iam,
    kinesisLimits: options.kinesisLimits,
    dynamodbLimits: options.dynamodbLimits,
    auth: options.auth,
    ...(options.accessKey && { accessKeys: options.accessKey }),
    logLevel: options.logLevel,
    init: hooks,
  });
  await hooks?.run("READY", { endpoint: emulator.endpoint, signal });
  return emulator;
}

/** The first signal asks for a tidy end, also while the emulator is still starting; the second ends the process at once. */
function stopOnSignal(
  starting: Promise<RunningEmulator | undefined>,
  hooks: InitHooks | undefined,
  interrupted: AbortController,
  stopWithParent: boolean,
): void {
  const end = async () => {
    const emulator = await starting;
    if (!emulator) return;
    await hooks?.run("SHUTDOWN", { endpoint: emulator.endpoint, signal: AbortSignal.timeout(SHUTDOWN_HOOKS_MS) });
    await emulator.stop();
  };
  const stop = () => {
    if (interrupted.signal.aborted) process.exit(INTERRUPTED);
    interrupted.abort();
    void end().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  if (stopWithParent) process.once("disconnect", stop);
}

function initHooks(folder: string, log: Logger): InitHooks {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(`There is no folder ${folder} with init scripts.`);
  }
  return new InitHooks(folder, log);
}

function explainStart(error: unknown, { port, host, dataDir }: StartOptions): unknown {
  const { code, name, message, path } = error as { code?: unknown; name?: unknown; message?: string; path?: unknown };
  if (name === "DataDirectoryInUse") {
    return new UserError(`${message} Give this one another with --data-dir, or use --ephemeral.`);
  }
  if (code === "EADDRINUSE") {
    return new UserError(`Port ${port} is taken: choose another with --port, or any free one with --port 0.`);
  }
  if (code === "EACCES" && typeof path === "string") return new UserError(explainFolder(dataDir, path));
  if (code === "EACCES")
    return new UserError(`Port ${port} or the folder ${dataDir} may not be used (permission denied).`);
  if (code === "EROFS") return new UserError(`The folder ${dataDir} is on a file system that is read-only.`);
  if (code === "EEXIST" || code === "ENOTDIR") return new UserError(`${dataDir} is a file, not a folder.`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return new UserError(`${host} is no address of this machine.`);
  return error;
}

/** A volume that another image has made belongs to that one's user, and so may a single file in it. */
function explainFolder(dataDir: string, path: string): string {
  const denied = [path, dataDir].find((candidate) => ownerOf(candidate) !== undefined);
  const user = process.getuid?.();
  const whose =
    denied === undefined || user === undefined
      ? ""
      : `: ${denied} is of user ${ownerOf(denied)}, and this is user ${user}`;
  return (
    `The folder ${dataDir} may not be used${whose}. Give it to this user (chown -R ${user ?? ""} ${dataDir}), ` +
    "or choose another folder or volume."
  );
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined; // not there, or not to be seen
  }
}
