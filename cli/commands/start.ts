import { startEmulator, type EmulatorOptions, type RunningEmulator } from "../../emulator/index.ts";
import { UserError } from "../errors.ts";
import { INTERRUPTED } from "../interrupt.ts";

export interface StartOptions {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly ephemeral?: boolean;
  readonly durability: EmulatorOptions["durability"];
  readonly allowedHost?: readonly string[];
  readonly iam: EmulatorOptions["iam"];
  readonly logLevel: EmulatorOptions["logLevel"];
  readonly stopWithParent?: boolean;
}

/** Runs an emulator in this process until a signal ends it. */
export async function start(options: StartOptions): Promise<void> {
  const starting = startEmulator({
    port: options.port,
    host: options.host,
    ...(!options.ephemeral && { dataDirectory: options.dataDir }),
    durability: options.durability,
    allowedHosts: options.allowedHost,
    iam: options.iam,
    logLevel: options.logLevel,
  });
  stopOnSignal(starting, options.stopWithParent ?? false);
  const emulator = await starting.catch((error: unknown) => {
    throw explainStart(error, options);
  });
  const where = options.ephemeral ? "nothing is kept" : `data in ${options.dataDir}`;
  process.stdout.write(`Headwater is ready at ${emulator.endpoint} (${where}, IAM ${options.iam}).\n`);
  process.send?.({ endpoint: emulator.endpoint });
}

/** The first signal asks for a tidy end, also while the emulator is still starting; the second ends the process at once. */
function stopOnSignal(starting: Promise<RunningEmulator>, stopWithParent: boolean): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(INTERRUPTED);
    isStopping = true;
    void starting
      .then((emulator) => emulator.stop())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  if (stopWithParent) process.once("disconnect", stop);
}

function explainStart(error: unknown, { port, host, dataDir }: StartOptions): unknown {
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: string };
  if (name === "DataDirectoryInUse") {
    return new UserError(`${message} Give this one another with --data-dir, or use --ephemeral.`);
  }
  if (code === "EADDRINUSE") {
    return new UserError(`Port ${port} is taken: choose another with --port, or any free one with --port 0.`);
  }
  if (code === "EACCES")
    return new UserError(`Port ${port} or the folder ${dataDir} may not be used (permission denied).`);
  if (code === "EEXIST" || code === "ENOTDIR") return new UserError(`${dataDir} is a file, not a folder.`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return new UserError(`${host} is no address of this machine.`);
  return error;
}
