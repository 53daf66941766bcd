import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { clearInterval, setInterval, setTimeout } from "node:timers";
import type { Host } from "../../../emulator/model/context.ts";
import type { Packages } from "../code/packages.ts";
import { functionArn } from "../arn.ts";
import type { FunctionVersion, Scope } from "../model.ts";
import { Environment, type Invocation, type InvocationResult } from "./environment.ts";
import { LogStream } from "./log-stream.ts";
import { Pool } from "./pool.ts";
import { Reaper } from "./reaper.ts";
import { functionPrincipal } from "../role.ts";
import { environmentVariables } from "./variables.ts";

/** How long an environment is kept without an invocation, by the emulator's clock. */
const IDLE_MS = 5 * 60_000;
/** Environments end before their credentials do. */
const LIFETIME_MS = 11 * 3_600_000;
/** How often the memory of processes that run is looked at, by the machine's clock. */
const MEMORY_CHECK_MS = 25;
/** More starts at once only make each of them slower. */
const MOST_STARTING = Math.max(2, availableParallelism() * 2);

/** A start that takes longer gives its turn to others: it may be waiting for one of them. */
const START_TURN_MS = 1_000;

const machineTime = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

interface Keyed {
  readonly pool: Pool;
  readonly scope: Scope;
  readonly version: FunctionVersion;
}

/** All execution environments of an emulator. */
export class Environments {
  readonly #host: Host;
  readonly #packages: Packages;
  /** A package that no environment runs any longer. */
  readonly #onUnused: (blob: string) => void;
  readonly #current = new Map<string, Keyed>();
  readonly #pools = new Map<Pool, Keyed>();
  readonly #live = new Map<Environment, { log: LogStream; scratch: string; blob: string }>();
  /** The logs of environments that have ended, until their last lines are put. */
  readonly #lastLines = new Set<Promise<void>>();
  readonly #startQueue: Pool[] = [];
  readonly #beingMade = new Set<Keyed>();
  readonly #reaper = new Reaper();
  readonly #scratch: string;
  #starting = 0;
  #running = 0;
  #memoryTimer: NodeJS.Timeout | undefined;
  #hasSaidNode = false;
  #isStopped = false;

  constructor(host: Host, packages: Packages, onUnused: (blob: string) => void) {
    this.#host = host;
    this.#packages = packages;
    this.#onUnused = onUnused;
    this.#scratch = join(host.storage.directory, "lambda", "tmp");
  }

  async run(scope: Scope, version: FunctionVersion, invocation: Invocation): Promise<InvocationResult> {
    const pool = this.#poolOf(scope, version);
    this.#running++;
    this.#memoryTimer ??= setInterval(() => this.#checkMemory(), MEMORY_CHECK_MS).unref();
    try {
      return await pool.run(invocation);
    } finally {
      if (--this.#running === 0) {
        clearInterval(this.#memoryTimer);
        this.#memoryTimer = undefined;
      }
    }
  }

  /** A version whose code or settings changed has a new pool; the old one's environments end after what they do. */
  #poolOf(scope: Scope, version: FunctionVersion): Pool {
    const key = functionArn(scope, version.name, version.version);
    const keyed = this.#current.get(key);
    if (keyed?.version.environmentRevision === version.environmentRevision) return keyed.pool;
    keyed?.pool.retire();
    const made: Keyed = { pool: this.#newPool(), scope, version };
    this.#current.set(key, made);
    this.#pools.set(made.pool, made);
    return made.pool;
  }

  #newPool(): Pool {
    return new Pool({
      start: (pool) => {
        this.#startQueue.push(pool);
        this.#startNext();
      },
      onIdle: (_pool, environment) => {
        const timer = this.#host.scheduler.after(IDLE_MS, () => environment.kill());
        return () => timer.cancel();
      },
    });
  }

  /** Ends what runs an older revision of a function, or a function that is gone. */
  retire(scope: Scope, name: string, isCurrent: (version: FunctionVersion) => boolean): void {
    for (const [key, keyed] of this.#current) {
      const isOurs = keyed.scope.account === scope.account && keyed.scope.region === scope.region;
      if (!isOurs || keyed.version.name !== name || isCurrent(keyed.version)) continue;
      keyed.pool.retire();
      this.#current.delete(key);
    }
  }

  /** Whether a package is in use: by an environment, or by one that is about to start. */
  isRunning(blob: string): boolean {
    const starting = this.#startQueue.map((pool) => this.#pools.get(pool));
    return (
      [...this.#live.values()].some((own) => own.blob === blob) ||
      [...this.#beingMade, ...starting].some((keyed) => keyed?.version.code.blob === blob)
    );
  }

  /** Ends every process; resolves when their last lines are in CloudWatch Logs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const ended = [...this.#live.keys()].map((environment) => {
      environment.kill();
      return environment.ended;
    });
    await Promise.all(ended);
    await Promise.all(this.#lastLines);
    this.#reaper.stop();
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  #startNext(): void {
    while (this.#starting < MOST_STARTING && this.#startQueue.length > 0) {
      const pool = this.#startQueue.shift();
      const keyed = pool && this.#pools.get(pool);
      if (!keyed) continue;
      this.#starting++;
      const isDone = this.#start(keyed);
      void Promise.race([isDone, machineTime(START_TURN_MS)]).then(() => {
        this.#starting--;
        this.#startNext();
      });
    }
  }

  async #start(keyed: Keyed): Promise<void> {
    const { pool, scope, version } = keyed;
    let environment: Environment;
    this.#beingMade.add(keyed);
    try {
      environment = await this.#make(pool, scope, version);
    } catch (error) {
      pool.startFailed(error);
      return;
    } finally {
      this.#beingMade.delete(keyed);
    }
    await pool.started(environment);
    // a start takes the emulator's credentials with it
    const age = this.#host.scheduler.after(LIFETIME_MS, () => pool.recycle(environment));
    void environment.ended.then(() => age.cancel());
  }

  async #make(pool: Pool, scope: Scope, version: FunctionVersion): Promise<Environment> {
    this.#sayNode(version);
    const folder = await this.#packages.folder(version.code.blob);
    if (this.#isStopped) throw new Error("the emulator stops");
    const { clock, ids } = this.#host;
    const id = ids.hex(32);
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
    const principal = functionPrincipal(this.#host, scope, version);
    const call = this.#host.callAs({ ...scope, principal });
    const log = new LogStream(this.#host, call, version.logging.group, `${day}/[${version.version}]${id}`);
    const scratch = join(this.#scratch, id);
    mkdirSync(scratch, { recursive: true });
    const variables = environmentVariables(this.#host, scope, version, {
      folder,
      scratch,
      logStream: log.name,
      principal,
    });
    const environment: Environment = new Environment({
      version,
      folder,
      variables,
      log,
      now: () => clock.now(),
      onExit: () => this.#onExit(pool, environment),
    });
    this.#live.set(environment, { log, scratch, blob: version.code.blob });
    if (environment.pid !== undefined) this.#reaper.add(environment.pid);
    return environment;
  }

  #onExit(pool: Pool, environment: Environment): void {
    const own = this.#live.get(environment);
    this.#live.delete(environment);
    if (environment.pid !== undefined) this.#reaper.remove(environment.pid);
    pool.ended(environment);
    if (own) {
      // a start that failed is told of when the environment has ended
      const flushed = environment.ended.then(() => own.log.flushed()).then(() => void this.#lastLines.delete(flushed));
      this.#lastLines.add(flushed);
      rmSync(own.scratch, { recursive: true, force: true });
      if (!this.isRunning(own.blob)) this.#onUnused(own.blob);
    }
    const keyed = this.#pools.get(pool);
    if (!keyed || !pool.isEmpty) return;
    this.#pools.delete(pool);
    const key = functionArn(keyed.scope, keyed.version.name, keyed.version.version);
    if (this.#current.get(key) === keyed) this.#current.delete(key);
  }

  #checkMemory(): void {
    for (const environment of this.#live.keys()) environment.checkMemory();
  }

  /** Whatever the runtime's name, it is the Node that runs Headwater: said once, where they differ. */
  #sayNode({ runtime }: FunctionVersion): void {
    const isSame = runtime === `nodejs${process.versions.node.split(".")[0]}.x`;
    if (this.#hasSaidNode || isSame) return;
    this.#hasSaidNode = true;
    this.#host.log.warn(`functions of runtime ${runtime} are run by Node.js ${process.version}, the one at hand`);
  }
}
