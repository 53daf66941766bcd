import { existsSync, readFileSync } from "node:fs";
import type { ClientConfig } from "../emulator/index.ts";
import { StartedCommand } from "./started-command.ts";

/** Settings for a client that never sends a request twice: what it was not answered is not acknowledged. */
export type OnceConfig = ClientConfig & { readonly maxAttempts: 1 };

/** `headwater start` on a data directory, that a test kills as the machine would: at once and without a word. */
export class EmulatorProcess {
  readonly endpoint: string;
  readonly #command: StartedCommand;

  private constructor(endpoint: string, command: StartedCommand) {
    this.endpoint = endpoint;
    this.#command = command;
  }

  /** Starts it at a free port. On the data directory of one that was killed it goes on with what that one left. */
  static async start(dataDirectory: string, ...options: readonly string[]): Promise<EmulatorProcess> {
    const command = startOn(dataDirectory, options);
    try {
      return new EmulatorProcess(await command.endpoint(), command);
    } catch (error) {
      await command.kill();
      throw error;
    }
  }

  /** Kills a start `afterMs` into it: what is mended at the start must stand being mended again. */
  static async killedStart(dataDirectory: string, afterMs: number): Promise<void> {
    const command = startOn(dataDirectory);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await command.kill();
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
    return this.#command.pid;
  }

  /** kill -9. Resolves when the process is gone. */
  kill(): Promise<void> {
    return this.#command.kill();
  }
}

const startOn = (dataDirectory: string, options: readonly string[] = []): StartedCommand =>
  new StartedCommand(["--port", "0", "--data-dir", dataDirectory, "--log-level", "error", ...options], {}, "inherit");

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
