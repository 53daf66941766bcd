/** How much of a request's way is logged. */
export type LogDetail = "none" | "errors" | "all";

/** A log event's longest message, in bytes: API Gateway cuts what is longer. */
const LONGEST = 1024;

/** What API Gateway says about the execution of one request, line by line. */
export class ExecutionLog {
  readonly lines: string[] = [];
  readonly detail: LogDetail;
  /** Whether headers and bodies are told too. */
  readonly withData: boolean;

  constructor(detail: LogDetail, withData: boolean) {
    this.detail = detail;
    this.withData = withData;
  }

  info(line: () => string): void {
    if (this.detail === "all") this.#add(line());
  }

  /** Headers, bodies, parameters. */
  data(line: () => string): void {
    if (this.detail === "all" && this.withData) this.#add(line());
  }

  error(line: string): void {
    if (this.detail !== "none") this.#add(line);
  }

  #add(line: string): void {
    this.lines.push(Buffer.byteLength(line) > LONGEST ? `${line.slice(0, LONGEST - 12)} [TRUNCATED]` : line);
  }
}

/** As Java writes a map: `{a=1, b=2}`. */
export const mapText = (map: Readonly<Record<string, unknown>>): string =>
  `{${Object.entries(map)
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join(",") : String(value)}`)
    .join(", ")}}`;
