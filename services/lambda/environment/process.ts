import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { platform } from "node:os";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { FrameReader } from "./frames.ts";

const BOOTSTRAP = fileURLToPath(new URL("../runtime/bootstrap.js", import.meta.url));
const SHELL = "/bin/sh";
/** A function that aborts leaves no core file behind. */
const WITHOUT_CORE = 'ulimit -c 0; exec "$0" "$@"';
const PAGE_BYTES = 4096;
/** In characters; CloudWatch Logs takes events of 256 KB. */
const LONGEST_LINE = 80_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessEvents {
  onFrame(kind: number, body: Buffer): void;
  /** A line that was written past the runtime: by children of the function, or to the file descriptors themselves. */
  onLine(line: string): void;
  onExit(exit: Exit): void;
}

/**
 * The operating system process of an execution environment. It leads a process group of its own: a Ctrl+C in our terminal
 * does not reach it, and what it started ends with it.
 */
export class FunctionProcess {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #output: Readable;
  #isFrozen = false;

  constructor(options: { folder: string; variables: Record<string, string>; memoryMb: number }, events: ProcessEvents) {
    const nodeArguments = [...nodeFlags(options), BOOTSTRAP];
    const useShell = existsSync(SHELL);
    this.#child = spawn(
      useShell ? SHELL : process.execPath,
      useShell ? ["-c", WITHOUT_CORE, process.execPath, ...nodeArguments] : nodeArguments,
      {
        cwd: options.folder,
        env: options.variables,
        stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
        detached: platform() !== "win32",
        windowsHide: true,
      },
    );
    this.#input = this.#child.stdio[3] as Writable;
    this.#output = this.#child.stdio[4] as Readable;
    this.#listen(events);
  }

  #listen(events: ProcessEvents): void {
    const frames = new FrameReader((kind, body) => events.onFrame(kind, body));
    this.#output.on("data", (chunk: Buffer) => {
      try {
        frames.push(chunk);
      } catch {
        this.kill();
      }
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) readLines(stream.setEncoding("utf8"), (line) => events.onLine(line));
    }
    // a process that ends closes its pipes under our writes
    for (const stream of [this.#input, this.#output]) stream.on("error", () => {});
    let exited = false;
    const onExit = (exit: Exit) => {
      if (!exited) events.onExit(exit);
      exited = true;
    };
    this.#child.on("error", () => onExit({ code: 1, signal: null }));
    this.#child.on("exit", () => this.#signalGroup("SIGKILL"));
    this.#child.on("close", (code, signal) => onExit({ code, signal }));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(frame: Buffer): void {
    this.#input.write(frame);
  }

  pauseOutput(): void {
    for (const stream of [this.#output, this.#child.stdout, this.#child.stderr]) stream?.pause();
  }

  resumeOutput(): void {
    for (const stream of [this.#output, this.#child.stdout, this.#child.stderr]) stream?.resume();
  }

  kill(): void {
    this.resumeOutput();
    if (!this.#signalGroup("SIGKILL")) this.#child.kill("SIGKILL");
  }

  /** Stops the process and what it started, until `thaw`. */
  freeze(): void {
    this.#isFrozen = this.#signalGroup("SIGSTOP");
  }

  thaw(): void {
    if (this.#isFrozen) this.#signalGroup("SIGCONT");
    this.#isFrozen = false;
  }

  #signalGroup(signal: NodeJS.Signals): boolean {
    const pid = this.#child.pid;
    if (pid === undefined || platform() === "win32") return false;
    try {
      process.kill(-pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  /** Resident memory in MB; undefined where the system does not tell. */
  residentMb(): number | undefined {
    if (platform() !== "linux") return undefined;
    try {
      const pages = Number(readFileSync(`/proc/${this.#child.pid}/statm`, "latin1").split(" ")[1]);
      return (pages * PAGE_BYTES) / 1024 / 1024;
    } catch {
      return undefined;
    }
  }
}

/** Calls `onLine` for each line, and for a line that is longer than any log event in pieces. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") onLine(line);
    if (rest.length < LONGEST_LINE) return;
    onLine(rest);
    rest = "";
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}

/** Flags of Node; a function's own settings in NODE_OPTIONS go before ours. */
function nodeFlags({ variables, memoryMb }: { variables: Record<string, string>; memoryMb: number }): string[] {
  const own = (variables["NODE_OPTIONS"] ?? "").replaceAll("_", "-");
  const flags = own.includes("max-old-space-size") ? [] : [`--max-old-space-size=${memoryMb}`];
  if (variables["AWS_EXECUTION_ENV"] === "AWS_Lambda_nodejs24.x") return flags;
  // before Node.js 24, Lambda's runtimes take neither ESM syntax in CommonJS files nor ESM by require
  for (const feature of ["detect-module", "require-module"]) {
    const isKnown = process.allowedNodeEnvironmentFlags.has(`--experimental-${feature}`);
    if (isKnown && !own.includes(feature)) flags.push(`--no-experimental-${feature}`);
  }
  return flags;
}
