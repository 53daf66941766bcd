import type { LoggingSettings } from "../model.ts";

export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryMb: number;
  readonly maxMemoryMb: number;
  /** Of the invocation that the environment was started for. */
  readonly initMs?: number;
  readonly status: "success" | "error" | "timeout";
  readonly errorType?: string;
}

/** Lambda's own lines around an invocation, in the text format or as JSON. */
export interface PlatformLog {
  start(requestId: string, version: string): string | undefined;
  /** What is written when the process ended under an invocation. */
  failure(text: string): string | undefined;
  end(requestId: string): string | undefined;
  report(report: Report): string | undefined;
}

const billedMs = ({ durationMs, initMs }: Report): number => Math.ceil(durationMs + (initMs ?? 0));

const text: PlatformLog = {
  start: (requestId, version) => `START RequestId: ${requestId} Version: ${version}\n`,
  failure: (line) => `${line}\n`,
  end: (requestId) => `END RequestId: ${requestId}\n`,
  report: (report) => {
    const parts = [
      `REPORT RequestId: ${report.requestId}`,
      `Duration: ${report.durationMs.toFixed(2)} ms`,
      `Billed Duration: ${billedMs(report)} ms`,
      `Memory Size: ${report.memoryMb} MB`,
      `Max Memory Used: ${report.maxMemoryMb} MB`,
    ];
    if (report.initMs !== undefined) parts.push(`Init Duration: ${report.initMs.toFixed(2)} ms`);
    if (report.status !== "success") parts.push(`Status: ${report.status}`);
    if (report.errorType !== undefined) parts.push(`Error Type: ${report.errorType}`);
    return `${parts.join("\t")}\t\n`;
  },
};

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

const json = (now: () => number, onlyFailures: boolean): PlatformLog => {
  const line = (type: string, record: object) =>
    `${JSON.stringify({ time: new Date(now()).toISOString(), type, record })}\n`;
  return {
    start: (requestId, version) => (onlyFailures ? undefined : line("platform.start", { requestId, version })),
    failure: (message) => `${message}\n`,
    end: () => undefined,
    report: (report) => {
      if (onlyFailures && report.status === "success") return undefined;
      return line("platform.report", {
        requestId: report.requestId,
        metrics: {
          durationMs: round(report.durationMs),
          billedDurationMs: billedMs(report),
          memorySizeMB: report.memoryMb,
          maxMemoryUsedMB: report.maxMemoryMb,
          ...(report.initMs !== undefined && { initDurationMs: round(report.initMs) }),
        },
        status: report.status,
        ...(report.errorType !== undefined && { errorType: report.errorType }),
      });
    },
  };
};

export const platformLog = (logging: LoggingSettings, now: () => number): PlatformLog =>
  logging.format === "Text" ? text : json(now, logging.systemLevel === "WARN");
