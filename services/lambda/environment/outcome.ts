import type { Exit } from "./process.ts";

/** How an invocation ended. */
export interface Outcome {
  /** JSON. */
  readonly payload: string | Buffer;
  readonly failed: boolean;
  readonly status: "success" | "error" | "timeout";
  readonly errorType?: string;
  /** What the platform logs when the process ended under the invocation. */
  readonly logLine?: string;
  /** The environment ended by itself before it took the event: another one can have it. */
  readonly notTaken?: true;
  /** The event was not JSON: the function never saw it, the caller gets an error. */
  readonly invalidEvent?: string;
}

/** As the C library words them, which is what Lambda shows. */
const SIGNALS: Readonly<Record<string, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGILL: "illegal instruction",
  SIGTRAP: "trace/breakpoint trap",
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGPIPE: "broken pipe",
  SIGALRM: "alarm clock",
  SIGTERM: "terminated",
};

const failure = (errorType: string, errorMessage: string, rest: Partial<Outcome>): Outcome => ({
  payload: JSON.stringify({ errorType, errorMessage }),
  failed: true,
  status: "error",
  errorType,
  ...rest,
});

/** The process ended between two invocations, under an event that it had not read yet. */
export const notTaken = (requestId: string): Outcome => ({
  ...exited(requestId, { code: 1, signal: null }, false),
  notTaken: true,
});

export function timedOut(requestId: string, timeoutSeconds: number, now: number): Outcome {
  const text = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  return failure("Sandbox.Timedout", `RequestId: ${requestId} Error: ${text}`, {
    status: "timeout",
    logLine: `${new Date(now).toISOString()} ${requestId} ${text}\n`,
  });
}

/** The process ended while an invocation ran. `outOfMemory`: because it had too much. */
export function exited(requestId: string, { code, signal }: Exit, outOfMemory: boolean): Outcome {
  const errorType = outOfMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError";
  const reason =
    signal !== null
      ? `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal}`
      : code === 0
        ? "Runtime exited without providing a reason"
        : `Runtime exited with error: exit status ${code}`;
  const message = `RequestId: ${requestId} Error: ${reason}`;
  return failure(errorType, message, { logLine: `${message}\n${errorType}` });
}

/** The runtime said `ok` or sent an error of the function itself. */
export function answered(payload: Buffer, failed: boolean): Outcome {
  if (!failed) return { payload, failed, status: "success" };
  return { payload, failed, status: "error", errorType: errorTypeOf(payload) };
}

function errorTypeOf(payload: Buffer): string {
  try {
    const { errorType } = JSON.parse(payload.toString("utf8")) as { errorType?: unknown };
    return typeof errorType === "string" && errorType.includes(".") ? errorType : "Function.Error";
  } catch {
    return "Function.Error";
  }
}
