import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "./errors.ts";

export interface EmulatorProcessOptions {
  readonly port: number;
  /** It outlives this process, with its data in its own folder. Otherwise it ends with this process, however that ends. */
  readonly keep: boolean;
  /** Gives the start up. */
  readonly signal: AbortSignal;
}

const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/** An emulator in a process of its own, in a session of its own: Ctrl+C reaches only the one who started it. */
export class EmulatorProcess implements AsyncDisposable {
  readonly endpoint: string;
  readonly folder: string;
  readonly #child: ChildProcess;
  #isKept = false;

  private constructor(endpoint: string, folder: string, child: ChildProcess) {
    this.endpoint = endpoint;
    this.folder = folder;
    this.#child = child;
  }

  static async start({ port, keep, signal }: EmulatorProcessOptions): Promise<EmulatorProcess> {
    const folder = mkdtempSync(join(tmpdir(), "headwater-demo-"));
    const log = openSync(join(folder, "emulator.log"), "a");
    const data = keep ? ["--data-dir", join(folder, "data")] : ["--ephemeral", "--stop-with-parent"];
    const child = spawn(
      process.execPath,
      [...process.execArgv, process.argv[1]!, "start", "--port", String(port), ...data],
      { detached: true, stdio: ["ignore", log, log, "ipc"], env: withoutOwnVariables(process.env) },
    );
    try {
      return new EmulatorProcess(await endpointOf(child, signal), folder, child);
    } catch (error) {
      await stop(child);
      const text = readFileSync(join(folder, "emulator.log"), "utf8").trim();
      rmSync(folder, { recursive: true });
      throw new UserError(`The emulator did not start. ${text}`.trim(), { cause: error });
    }
  }

  /** Rejects when the process has ended. */
  async untilGone(): Promise<never> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    const { signalCode, exitCode } = this.#child;
    throw new UserError(`The emulator has ended unexpectedly (${signalCode ?? `exit code ${exitCode}`}).`);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Lets the emulator run on behind this process. */
  keep(): void {
    this.#isKept = true;
    this.#child.disconnect();
    this.#child.unref();
  }

  /** Stops it, unless it is kept, and removes what it wrote. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isKept) return;
    await stop(this.#child);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** HEADWATER_* is what the user says of an emulator to be started by hand: this one is its starter's alone. */
const withoutOwnVariables = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("HEADWATER_")));

/** Also one that is still starting; it takes its temporary data away. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  child.kill("SIGTERM");
  await exited;
  clearTimeout(timer);
}

async function endpointOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const [message] = await Promise.race([
    once(child, "message", { signal: AbortSignal.any([signal, AbortSignal.timeout(READY_TIMEOUT_MS)]) }),
    once(child, "exit").then(() => Promise.reject(new Error("exited"))),
  ]);
  return (message as { endpoint: string }).endpoint;
}

/** Whether a server could listen at this port of the loopback address. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return true;
  } catch {
    return false;
  }
}
