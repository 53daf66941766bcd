export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

const ORDER: readonly LogLevel[] = ["debug", "info", "warn", "error", "silent"];

/** One line of JSON a message, on standard error. */
export class Logger {
  readonly #threshold: number;
  readonly #write: (line: string) => void;

  constructor(level: LogLevel = "warn", write: (line: string) => void = (line) => void process.stderr.write(line)) {
    this.#threshold = ORDER.indexOf(level);
    this.#write = write;
  }

  enabled(level: LogLevel): boolean {
    return ORDER.indexOf(level) >= this.#threshold;
  }

  debug(message: string, fields: object = {}): void {
    this.#log("debug", message, fields);
  }

  info(message: string, fields: object = {}): void {
    this.#log("info", message, fields);
  }

  warn(message: string, fields: object = {}): void {
    this.#log("warn", message, fields);
  }

  error(message: string, fields: object = {}): void {
    this.#log("error", message, fields);
  }

  #log(level: LogLevel, message: string, fields: object): void {
    if (!this.enabled(level)) return;
    const line = JSON.stringify({ time: new Date().toISOString(), level, message, ...fields }, errorAsObject);
    this.#write(`${line}\n`);
  }
}

const errorAsObject = (_key: string, value: unknown): unknown =>
  value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value;
