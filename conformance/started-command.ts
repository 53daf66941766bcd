import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { ENVIRONMENT, HEADWATER, ROOT } from "./headwater-command.ts";

const PATIENCE_MS = 30_000;

/** `headwater start` as a process of its own, with what it prints. */
export class StartedCommand implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #changed = new EventEmitter();
  #output = "";

  /** @param stderr what is done with its errors: they are kept with the output, or shown by the test run */
  constructor(
    options: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    stderr: "pipe" | "inherit" = "pipe",
  ) {
    this.#child = spawn(process.execPath, [...HEADWATER, "start", ...options], {
      cwd: ROOT,
      env: { ...ENVIRONMENT, ...environment },
      stdio: ["ignore", "pipe", stderr],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString();
        this.#changed.emit("change");
      });
    }
    this.#child.once("close", () => this.#changed.emit("change"));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** What it printed, as it came. */
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

  /** kill -9. Resolves when the process is gone: what it started may hold its output a little longer. */
  async kill(): Promise<void> {
    if (this.#isOver) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  get #isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
