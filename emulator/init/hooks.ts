import { type ChildProcess, spawn } from "node:child_process";
import { basename } from "node:path";
import { clearTimeout, setTimeout } from "node:timers";
import type { Logger } from "../runtime/log.ts";
import { commandOf, findScripts, type FoundScript } from "./find-scripts.ts";
import type { InitScript, InitState, ScriptState, Stage } from "./stages.ts";

/** What a hook finds in its environment where nothing else is said: clients that are given no settings reach the emulator. */
const DEFAULT_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
};

/** How long an interrupted hook may take to end, in milliseconds. */
const KILL_AFTER_MS = 1_000;

interface Script extends FoundScript {
  state: ScriptState;
  reason?: string;
}

/**
 * The scripts of an init folder, stage by stage, one after the other as LocalStack runs them. One that fails is told in the log and
 * in its state; the next ones run all the same.
 */
export class InitHooks implements InitState {
  readonly #scripts: readonly Script[];
  readonly #completed = new Set<Stage>();
  readonly #log: Logger;

  constructor(folder: string, log: Logger) {
    this.#scripts = findScripts(folder).map((script) => ({ ...script, state: "UNKNOWN" }));
    this.#log = log;
  }

  isCompleted(stage: Stage): boolean {
    return this.#completed.has(stage);
  }

  scripts(): readonly InitScript[] {
    return this.#scripts.map(({ stage, path, state, reason }) => ({
      stage,
      name: basename(path),
      state,
      ...(reason !== undefined && { reason }),
    }));
  }

  /**
   * Runs the scripts of a stage.
   * @param endpoint the emulator's URL, once it answers
   * @param signal ends the script that runs and leaves out those behind it
   */
  async run(stage: Stage, { endpoint, signal }: { endpoint?: string; signal: AbortSignal }): Promise<void> {
    for (const script of this.#scripts) {
      if (script.stage !== stage || signal.aborted) continue;
      script.state = "RUNNING";
      script.reason = await runScript(script.path, environment(endpoint), signal);
      script.state = script.reason === undefined ? "SUCCESSFUL" : "ERROR";
      if (script.state === "ERROR") this.#log.error(`init script failed: ${script.reason}`, { script: script.path });
    }
    if (!signal.aborted) this.#completed.add(stage);
  }
}

const environment = (endpoint: string | undefined): NodeJS.ProcessEnv => ({
  ...DEFAULT_ENVIRONMENT,
  ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint }),
  ...process.env,
});

/** @returns why it failed, or undefined */
async function runScript(path: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string | undefined> {
  const [program = path, ...args] = commandOf(path);
  // a group of its own, so that what it has started can be ended with it
  const child = spawn(program, args, { env, stdio: ["ignore", "inherit", "inherit"], detached: true });
  const interrupt = () => endGroup(child);
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await outcomeOf(child, program, path);
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}

function outcomeOf(child: ChildProcess, program: string, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => resolve(explain(error, program, path)));
    child.once("exit", (code, ended) => {
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `it was ended by ${ended}` : `it returned the exit code ${code}`);
    });
  });
}

function explain({ code, message }: NodeJS.ErrnoException, program: string, path: string): string {
  if (code === "EACCES") return `permission denied: it is not executable (chmod +x ${basename(path)})`;
  if (code === "ENOENT" && program !== path) return `there is no ${program} here to run it`;
  if (code === "ENOENT") return "it, or the program that its first line names, is not there";
  return message;
}

function endGroup(child: ChildProcess): void {
  const end = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  end("SIGTERM");
  const timer = setTimeout(() => end("SIGKILL"), KILL_AFTER_MS);
  child.once("exit", () => clearTimeout(timer));
}
