import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { ENVIRONMENT, HEADWATER, ROOT } from "../headwater-command.ts";

const PATIENCE_MS = 30_000;

/** `headwater start` on a free port, with what it prints. Nothing of an earlier one is there. */
export class StartedCommand implements AsyncDisposable {
  readonly #child: ChildProcess;
  #output = "";

  constructor(options: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [...HEADWATER, "start", ...options], {
      cwd: ROOT,
      env: { ...ENVIRONMENT, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
    }
  }

  /** Both streams, as they came. */
  get output(): string {
    return this.#output;
  }

  /** The first match of what it prints. @throws Error when it ends before that */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match) return match;
      if (this.#isOver) throw new Error(`ended without printing ${pattern}: ${this.#output}`);
      const streams = [this.#child.stdout, this.#child.stderr].map((stream) => once(stream!, "data", { signal }));
      await Promise.race([...streams, once(this.#child, "close", { signal })]);
    }
  }

  async endpoint(): Promise<string> {
    return (await this.printed(/ready at (\S+)/))[1]!;
  }

  async json(path: string): Promise<unknown> {
    return (await fetch((await this.endpoint()) + path)).json();
  }

  /** Asks it to end and waits until it has. @returns its exit code */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.#child.kill(signal);
    return this.ended();
  }

  async ended(): Promise<number | null> {
    if (!this.#isOver) await once(this.#child, "close");
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) await this.end("SIGKILL");
  }

  get #isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
