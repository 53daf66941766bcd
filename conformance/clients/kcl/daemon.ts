import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { eventually } from "../../target.ts";
import { awsEnvironment, whyMissing } from "../tools.ts";

const HERE = import.meta.dirname;
const PACKAGE = join(HERE, "node_modules", "aws-kcl");
const JARS = join(HERE, "jars");
const DAEMON = "software.amazon.kinesis.multilang.MultiLangDaemon";
const DOWNLOAD_MS = 600_000;
const STOP_MS = 30_000;
const LOG_LINES = 40;

/**
 * Gets the library for Node and the daemon's jars, when they are not there yet: npm and Maven ask where they are configured to.
 * @returns why they cannot be had
 */
export function installKcl(): string | undefined {
  const missing = whyMissing("java", "-version") ?? whyMissing("mvn", "--version");
  if (missing !== undefined) return missing;
  if (!existsSync(PACKAGE)) {
    const problem = run("npm", ["ci", "--no-audit", "--no-fund"]);
    if (problem !== undefined) return problem;
  }
  const done = join(JARS, "complete");
  if (existsSync(done)) return undefined;
  const copy = ["dependency:copy-dependencies", `-DoutputDirectory=${JARS}`];
  const problem = run("mvn", ["--batch-mode", "--quiet", ...copy]);
  if (problem === undefined) writeFileSync(done, "");
  return problem;
}

/** Runs a command here. @returns what is wrong, when it fails */
function run(command: string, args: readonly string[]): string | undefined {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: HERE,
    encoding: "utf8",
    timeout: DOWNLOAD_MS,
  });
  if (status === 0) return undefined;
  const said = `${stdout}${stderr}`.trim().split("\n").slice(-3).join(" ");
  return `${command} ${args[0]}: ${error?.message ?? said}`;
}

/** What a record processor was told, in the order in which all of them were. */
export interface Entry {
  readonly what: "initialized" | "record" | "ended" | "lease lost" | "refused checkpoint";
  readonly shard: string;
  readonly partitionKey?: string;
  readonly sequenceNumber?: string;
  readonly subSequenceNumber?: number;
  readonly data?: string;
}

export interface Application {
  readonly endpoint: string;
  /** Its leases are in a table of this name, its metrics in a namespace. */
  readonly name: string;
  readonly stream: string;
  readonly retrieval: "POLLING" | "FANOUT";
}

/** An application of the Kinesis Client Library: the daemon in Java, and its record processors in Node. */
export class KclApplication implements AsyncDisposable {
  readonly #application: Application;
  readonly #scratch = mkdtempSync(join(tmpdir(), "hw-kcl-"));
  #daemon: ChildProcess | undefined;

  constructor(application: Application) {
    this.#application = application;
  }

  /** Starts a worker. It goes on where the leases say. */
  start(): void {
    const properties = join(this.#scratch, "kcl.properties");
    const lines = Object.entries(propertiesOf(this.#application)).map(([name, value]) => `${name} = ${value}\n`);
    writeFileSync(properties, lines.join(""));
    const log = openSync(this.#log, "a");
    const java = ["-Xmx256m", "-XX:TieredStopAtLevel=1", `-Dlogback.configurationFile=${HERE}/logback.xml`];
    this.#daemon = spawn("java", [...java, "-cp", `${JARS}/*`, DAEMON, "--properties-file", properties], {
      cwd: HERE,
      stdio: ["ignore", log, log],
      env: {
        ...awsEnvironment(this.#application.endpoint),
        PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`,
        KCL_JOURNAL: this.#journal,
      },
    });
    closeSync(log);
    // a run of the tests that is broken off leaves no daemon behind
    const daemon = this.#daemon;
    const kill = () => daemon.kill("SIGKILL");
    process.once("exit", kill);
    daemon.once("exit", () => process.off("exit", kill));
  }

  /** What has been written down so far. */
  entries(): Entry[] {
    if (!existsSync(this.#journal)) return [];
    const lines = readFileSync(this.#journal, "utf8").split("\n");
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Entry);
  }

  /** The texts of the records so far. */
  texts(): string[] {
    return this.entries().flatMap(({ what, data }) => (what === "record" && data !== undefined ? [data] : []));
  }

  /**
   * The texts without what was given twice because a lease was lost in between, as it is when the machine stands still for longer
   * than a lease lives. Nothing else is given twice.
   */
  given(): string[] {
    const wasLost = this.entries().some(({ what }) => what === "lease lost");
    return wasLost ? [...new Set(this.texts())] : this.texts();
  }

  /** Waits for something of the daemon's. When it takes too long, or the daemon has ended, the end of its log is told. */
  async eventually<T>(
    what: string,
    probe: () => T | undefined | Promise<T | undefined>,
    patienceMs: number,
  ): Promise<T> {
    try {
      return await eventually(
        what,
        async () => {
          if (this.#daemon?.exitCode !== null) throw new Error(`the daemon ended with ${this.#daemon?.exitCode}`);
          return probe();
        },
        patienceMs,
      );
    } catch (error) {
      const log = readFileSync(this.#log, "utf8").trim().split("\n").slice(-LOG_LINES).join("\n");
      throw new Error(`${(error as Error).message}\n${log}`, { cause: error });
    }
  }

  /** Asks the daemon to end: its processors checkpoint, and its leases are free. */
  async stop(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, "exit");
    daemon.kill("SIGTERM");
    const timer = setTimeout(() => daemon.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  get #journal(): string {
    return join(this.#scratch, "journal");
  }

  get #log(): string {
    return join(this.#scratch, "log");
  }
}

/** The settings of a user, with the intervals of a test: the defaults are for streams that live for months. */
const propertiesOf = ({ name, stream, retrieval }: Application): Readonly<Record<string, string | number>> => ({
  executableName: "node processor.mjs",
  streamName: stream,
  applicationName: name,
  // the same at each start: another worker would wait for two minutes until the leader is given up
  workerId: "worker",
  AwsCredentialsProvider: "DefaultCredentialsProvider",
  regionName: "us-east-1",
  initialPositionInStream: "TRIM_HORIZON",
  retrievalMode: retrieval,
  failoverTimeMillis: 2000,
  shardSyncIntervalMillis: 1000,
  parentShardPollIntervalMillis: 200,
  idleTimeBetweenReadsInMillis: 250,
  metricsBufferTimeMillis: 1000,
  metricsLevel: "DETAILED",
  // enough for checkpoints: more is waited for in vain, as a worker that is alone gives the leases that it has dropped to itself
  shutdownGraceMillis: 2000,
});
