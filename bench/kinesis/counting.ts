import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CreateEventSourceMappingCommand, GetEventSourceMappingCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { clientConfig, makeFunction, makeRole } from "../shared/fixture.ts";

/** Notes how many records each call has, and when its first line ran on the system's monotonic clock. */
const source = (file: string) => `
const fs = require("node:fs");
const file = fs.openSync(${JSON.stringify(file)}, "a");
exports.handler = async (event) => {
  const at = process.hrtime.bigint();
  fs.writeSync(file, event.Records.length + " " + at + "\\n");
};`;

const POLL_MS = 5;

/** A function that only counts the records of a stream. It notes them in a file, which emulators that run functions as processes let it. */
export class Counting implements AsyncDisposable {
  readonly #lambda: LambdaClient;
  readonly #functionArn: string;
  readonly #directory: string;

  private constructor(lambda: LambdaClient, functionArn: string, directory: string) {
    this.#lambda = lambda;
    this.#functionArn = functionArn;
    this.#directory = directory;
  }

  static async create(port: number, name: string): Promise<Counting> {
    const config = clientConfig(port);
    const directory = mkdtempSync(join(tmpdir(), "bench-counts-"));
    const file = join(directory, "counts");
    writeFileSync(file, "");
    const role = await makeRole(config, name, "lambda.amazonaws.com");
    return new Counting(new LambdaClient(config), await makeFunction(config, name, role, source(file)), directory);
  }

  /** Begins to count; resolves when the mapping is enabled. */
  async listen(stream: string, StartingPosition: "LATEST" | "TRIM_HORIZON", BatchSize: number): Promise<void> {
    const { UUID } = await this.#lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`,
        FunctionName: this.#functionArn,
        StartingPosition,
        BatchSize,
      }),
    );
    for (;;) {
      const { State } = await this.#lambda.send(new GetEventSourceMappingCommand({ UUID }));
      if (State === "Enabled") return;
      await delay(POLL_MS);
    }
  }

  /** The calls so far. */
  get calls(): readonly { readonly records: number; readonly atMs: number }[] {
    const text = readFileSync(join(this.#directory, "counts"), "utf8");
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => {
        const [records, at] = line.split(" ");
        return { records: Number(records), atMs: Number(at) / 1e6 };
      });
  }

  get records(): number {
    return this.calls.reduce((sum, { records }) => sum + records, 0);
  }

  /** @throws Error when not so many are counted in time, or more */
  async until(records: number, patienceMs: number): Promise<void> {
    const deadline = performance.now() + patienceMs;
    for (let counted = this.records; counted !== records; counted = this.records) {
      if (counted > records) throw new Error(`${counted} records were counted, of ${records}`);
      if (performance.now() > deadline) throw new Error(`${counted} of ${records} records were counted in time`);
      await delay(POLL_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lambda.destroy();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Milliseconds of the clock that the function notes. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
