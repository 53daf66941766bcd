import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import type { FunctionVersion } from "../model.ts";
import { encodeInvoke, KIND, type InvokeHeader } from "./frames.ts";
import type { LogStream } from "./log-stream.ts";
import { answered, exited, notTaken, timedOut, type Outcome } from "./outcome.ts";
import { platformLog, type PlatformLog } from "./platform-log.ts";
import { FunctionProcess, type Exit } from "./process.ts";

export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  readonly traceId: string;
  readonly payload: string | Uint8Array;
  readonly clientContext?: unknown;
  readonly logTail: boolean;
}

export interface InvocationResult {
  readonly outcome: Outcome;
  /** How long the function ran, in milliseconds; absent when it did not come to run. */
  readonly durationMs?: number;
  readonly logTail?: string;
}

export interface EnvironmentOptions {
  readonly version: FunctionVersion;
  readonly folder: string;
  readonly variables: Record<string, string>;
  readonly log: LogStream;
  /** The emulator's clock, for the lines of the platform. */
  readonly now: () => number;
  /** Called once, when the process has ended for whatever reason. */
  readonly onExit: () => void;
}

/** Beside a function's memory a process may have so much more: Node's own, which Lambda's numbers include less of. */
const MEMORY_ALLOWANCE_MB = 64;
/** Lambda gives a start this long; what takes longer is tried again under the function's own timeout. */
const INIT_LIMIT_MS = 10_000;
const LOG_TAIL_BYTES = 4_096;
const FREEZE_AFTER_MS = 25;

interface Running {
  readonly invocation: Invocation;
  readonly startedAt: number;
  readonly resolve: (result: InvocationResult) => void;
  readonly timer: NodeJS.Timeout | undefined;
  isStartLogged: boolean;
  tail: string;
}

/**
 * One execution environment: a process that runs one invocation at a time, again and again, until it ends. How long it
 * may run is the machine's time, as it is for the code inside; only what Lambda itself plans (retries, how long an idle
 * environment is kept) is the emulator's.
 */
export class Environment {
  readonly version: FunctionVersion;
  /** Resolves when handlers can be called, or the start has failed: the outcome for whoever waits for it. */
  readonly ready: Promise<((requestId: string) => Outcome) | undefined>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  #settleEnded: () => void = () => {};
  #settleReady: (failure: ((requestId: string) => Outcome) | undefined) => void = () => {};
  readonly #options: EnvironmentOptions;
  readonly #process: FunctionProcess;
  readonly #platform: PlatformLog;
  readonly #createdAt = performance.now();
  readonly #initTimer: NodeJS.Timeout | undefined;
  #initMs: number | undefined;
  #initError: Outcome | undefined;
  /** The last lines of the start: where it fails, they belong to the log of the invocation that waited for it. */
  #initTail: string | undefined = "";
  #running: Running | undefined;
  /** Ends the log of an invocation that is answered. */
  #pendingReport: (() => void) | undefined;
  #freezing: NodeJS.Timeout | undefined;
  #maxMemoryMb = 0;
  #isOutOfMemory = false;
  #isEnded = false;
  #isUsable = true;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.version = options.version;
    this.#platform = platformLog(options.version.logging, options.now);
    this.ready = new Promise((resolve) => (this.#settleReady = resolve));
    this.ended = new Promise((resolve) => (this.#settleEnded = resolve));
    this.#process = new FunctionProcess(
      { folder: options.folder, variables: options.variables, memoryMb: options.version.memoryMb },
      {
        onFrame: (kind, body) => this.#onFrame(kind, body),
        onLine: (line) => this.#log(`${line}\n`),
        onExit: (exit) => this.#onExit(exit),
      },
    );
    const initLimitMs = INIT_LIMIT_MS + options.version.timeoutSeconds * 1000;
    this.#initTimer = this.#isDebugged() ? undefined : setTimeout(() => this.#onInitTimeout(), initLimitMs);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether it can take another invocation: its process neither ended nor is about to. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** Runs one invocation; the environment is ready and idle. */
  run(invocation: Invocation): Promise<InvocationResult> {
    this.#pendingReport?.();
    clearTimeout(this.#freezing);
    this.#process.thaw();
    return new Promise((resolve) => {
      const timeoutMs = this.version.timeoutSeconds * 1000;
      this.#running = {
        invocation,
        startedAt: performance.now(),
        resolve,
        timer: this.#isDebugged() ? undefined : setTimeout(() => this.#onTimeout(), timeoutMs),
        isStartLogged: false,
        tail: "",
      };
      const { requestId, functionArn, traceId, clientContext, payload } = invocation;
      const header: InvokeHeader = { requestId, functionArn, traceId, timeoutMs, clientContext };
      this.#process.send(encodeInvoke(header, payload));
    });
  }

  /** Who steps through a function with `NODE_OPTIONS=--inspect...` has all the time there is. */
  #isDebugged(): boolean {
    return this.#options.variables["NODE_OPTIONS"]?.includes("--inspect") === true;
  }

  /** The log of an invocation whose environment never came up. */
  reportFailedStart(invocation: Invocation, outcome: Outcome): string | undefined {
    const running: Running = {
      invocation,
      startedAt: performance.now(),
      resolve: () => {},
      timer: undefined,
      isStartLogged: false,
      tail: this.#initTail ?? "",
    };
    this.#running = running;
    this.#logStart();
    this.#report(running, outcome, performance.now() - this.#createdAt);
    this.#running = undefined;
    return invocation.logTail ? running.tail : undefined;
  }

  /** Ends the process when it has more memory than the function was given. */
  checkMemory(): void {
    const residentMb = this.#process.residentMb();
    if (residentMb === undefined) return;
    this.#maxMemoryMb = Math.max(this.#maxMemoryMb, residentMb);
    if (residentMb <= this.version.memoryMb + MEMORY_ALLOWANCE_MB) return;
    this.#isOutOfMemory = true;
    this.kill();
  }

  kill(): void {
    this.#isUsable = false;
    this.#process.kill();
  }

  #onFrame(kind: number, body: Buffer): void {
    switch (kind) {
      case KIND.ready:
        clearTimeout(this.#initTimer);
        this.#initMs = performance.now() - this.#createdAt;
        this.#initTail = undefined;
        this.#settleReady(undefined);
        break;
      case KIND.log:
        this.#log(`${body.toString("utf8")}\n`);
        break;
      case KIND.result:
        this.#maxMemoryMb = Math.max(this.#maxMemoryMb, body.readUInt32LE(1) / 1024);
        // after an error that no handler caught the process ends
        if (body[0] === 2) this.#isUsable = false;
        this.#finish(answered(body.subarray(5), body[0] !== 0));
        break;
      case KIND.invalidEvent:
        this.#abandon({ payload: "", failed: true, status: "error", invalidEvent: body.toString("utf8") });
        break;
      case KIND.idleExit:
        this.#isUsable = false;
        this.#abandon(notTaken(this.#running?.invocation.requestId ?? ""));
        break;
      case KIND.initError:
        this.#initError = answered(body, true);
        break;
      default:
    }
  }

  #onTimeout(): void {
    const running = this.#running;
    if (!running) return;
    this.#finish(timedOut(running.invocation.requestId, this.version.timeoutSeconds, this.#options.now()));
    this.kill();
  }

  #onInitTimeout(): void {
    const { timeoutSeconds } = this.version;
    this.#settleReady((requestId) => timedOut(requestId, timeoutSeconds, this.#options.now()));
    this.kill();
  }

  #onExit(exit: Exit): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#isUsable = false;
    clearTimeout(this.#initTimer);
    clearTimeout(this.#freezing);
    this.#pendingReport?.();
    const initError = this.#initError;
    this.#settleReady((requestId) => initError ?? exited(requestId, exit, this.#isOutOfMemory));
    if (this.#running) this.#finish(exited(this.#running.invocation.requestId, exit, this.#isOutOfMemory));
    this.#pendingReport?.();
    this.#options.onExit();
    this.#settleEnded();
  }

  /** Answers the invocation at once; its last lines are written when output that is on its way has come in. */
  #finish(outcome: Outcome): void {
    const running = this.#running;
    if (!running || this.#pendingReport) return;
    const durationMs = performance.now() - running.startedAt;
    clearTimeout(running.timer);
    this.#pendingReport = () => {
      this.#pendingReport = undefined;
      this.#logStart();
      this.#running = undefined;
      this.#report(running, outcome, durationMs);
      if (running.invocation.logTail) running.resolve({ outcome, durationMs, logTail: running.tail });
    };
    if (!running.invocation.logTail) running.resolve({ outcome, durationMs });
    setImmediate(() => {
      // another invocation may have begun
      if (!this.#pendingReport) return;
      this.#pendingReport();
      this.#freeze();
    });
  }

  /**
   * As on AWS nothing runs between invocations: what a handler did not wait for goes on in the next one, or never. Where one
   * invocation follows another, stopping and waking the process would cost as much as a small function.
   */
  #freeze(): void {
    if (!this.#isUsable || this.#isDebugged()) return;
    clearTimeout(this.#freezing);
    this.#freezing = setTimeout(() => {
      if (this.#isUsable && !this.#running) this.#process.freeze();
    }, FREEZE_AFTER_MS);
  }

  /** Ends an invocation that the function never saw: it has no log. */
  #abandon(outcome: Outcome): void {
    const running = this.#running;
    if (!running || this.#pendingReport) return;
    clearTimeout(running.timer);
    this.#running = undefined;
    running.resolve({ outcome });
  }

  #logStart(): void {
    const running = this.#running;
    if (!running || running.isStartLogged) return;
    running.isStartLogged = true;
    this.#write(this.#platform.start(running.invocation.requestId, this.version.version), running);
  }

  #report(running: Running, outcome: Outcome, durationMs: number): void {
    const { requestId } = running.invocation;
    if (outcome.logLine !== undefined) this.#write(this.#platform.failure(outcome.logLine), running);
    this.#write(this.#platform.end(requestId), running);
    const initMs = this.#initMs;
    this.#initMs = undefined;
    this.#write(
      this.#platform.report({
        requestId,
        durationMs,
        memoryMb: this.version.memoryMb,
        maxMemoryMb: Math.min(Math.ceil(this.#maxMemoryMb), this.version.memoryMb),
        ...(initMs !== undefined && { initMs }),
        status: outcome.status,
        ...(outcome.errorType !== undefined && outcome.status === "error" && { errorType: outcome.errorType }),
      }),
      running,
    );
  }

  #log(line: string): void {
    this.#logStart();
    this.#write(line, this.#running);
  }

  #write(line: string | undefined, running: Running | undefined): void {
    if (line === undefined) return;
    if (running?.invocation.logTail) running.tail = lastBytes(running.tail + line);
    else if (this.#initTail !== undefined && !running) this.#initTail = lastBytes(this.#initTail + line);
    const takesMore = this.#options.log.write(line, () => this.#process.resumeOutput());
    if (!takesMore && !this.#isEnded) this.#process.pauseOutput();
  }
}

function lastBytes(text: string): string {
  if (text.length <= LOG_TAIL_BYTES / 4) return text;
  const bytes = Buffer.from(text);
  return bytes.length <= LOG_TAIL_BYTES ? text : bytes.toString("utf8", bytes.length - LOG_TAIL_BYTES);
}
