import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { ClientConfig } from "../emulator/index.ts";
import { ENVIRONMENT, HEADWATER, ROOT } from "./headwater-command.ts";

const START_PATIENCE_MS = 30_000;

/** Settings for a client that never sends a request twice: what it was not answered is not acknowledged. */
export type OnceConfig = ClientConfig & { readonly maxAttempts: 1 };

/** `headwater start` as a process of its own, that a test kills as the machine would: at once and without a word. */
export class EmulatorProcess {
  readonly endpoint: string;
  readonly #child: ChildProcess;

  private constructor(endpoint: string, child: ChildProcess) {
    this.endpoint = endpoint;
    this.#child = child;
  }

  /** Starts it at a free port. On the data directory of one that was killed it goes on with what that one left. */
  static async start(dataDirectory: string, ...options: readonly string[]): Promise<EmulatorProcess> {
    const child = spawnEmulator(dataDirectory, options);
    let output = "";
    const ready = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not ready in time: ${output}`)), START_PATIENCE_MS);
      child.stdout?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const endpoint = /ready at (\S+)/.exec(output)?.[1];
        if (endpoint === undefined) return;
        clearTimeout(timer);
        resolve(endpoint);
      });
      child.once("exit", (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`the emulator ended with ${code ?? signal}: ${output}`));
      });
    });
    try {
      return new EmulatorProcess(await ready, child);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  /** Kills a start `afterMs` into it: what is mended at the start must stand being mended again. */
  static async killedStart(dataDirectory: string, afterMs: number): Promise<void> {
    const child = spawnEmulator(dataDirectory);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await killAndWait(child);
  }

  clientConfig(): OnceConfig {
    return {
      endpoint: this.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    };
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** kill -9. Resolves when the process is gone. */
  kill(): Promise<void> {
    return killAndWait(this.#child);
  }
}

function spawnEmulator(dataDirectory: string, options: readonly string[] = []): ChildProcess {
  return spawn(
    process.execPath,
    [...HEADWATER, "start", "--port", "0", "--data-dir", dataDirectory, "--log-level", "error", ...options],
    {
      cwd: ROOT,
      env: ENVIRONMENT,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
}

async function killAndWait(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** Whether an error says that the emulator is gone. An answer of its own is a fault, and thrown on. */
export function isGone(error: unknown): boolean {
  const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return (metadata?.httpStatusCode ?? 0) < 400;
}

/** Repeats `step` until the emulator is gone. */
export async function untilGone(step: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await step();
    } catch (error) {
      if (isGone(error)) return;
      throw error;
    }
  }
}

/** A process that nobody waited for may still be listed, as a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc") || !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
