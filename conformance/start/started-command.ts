import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { ENVIRONMENT, HEADWATER, ROOT } from "../headwater-command.ts";

const PATIENCE_MS = 30_000;

/** `headwater start` on a free port, with what it prints. Nothing of an earlier one is there. */
export class StartedCommand implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #changed = new EventEmitter();
  #output = "";

  constructor(options: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [...HEADWATER, "start", ...options], {
      cwd: ROOT,
      env: { ...ENVIRONMENT, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString();
        this.#changed.emit("change");
      });
    }
    this.#child.once("close", () => this.#changed.emit("change"));
  }

  /** Both streams, as they came. */
  get output(): string {
    return this.#output;
  }

  /** The first match of what it prints. @throws Error when it ends before that */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const fail = (what: string) => settle(() => reject(new Error(`${what} ${pattern}: ${this.#output}`)));
      const timer = setTimeout(() => fail("did not print in time"), PATIENCE_MS);
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        this.#changed.off("change", look);
        outcome();
      };
      const look = () => {
        const match = pattern.exec(this.#output);
        if (match) settle(() => resolve(match));
        else if (this.#isOver) fail("ended without printing");
      };
      this.#changed.on("change", look);
      look();
    });
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
