import { services } from "../services/index.ts";
import { Emulator } from "./emulator.ts";
import { StoredCredentials } from "./gateway/credentials.ts";
import { Guard } from "./gateway/guard.ts";
import { listen, type Listener } from "./gateway/listen.ts";
import { serve } from "./gateway/serve.ts";
import { Downloads } from "./runtime/downloads.ts";
import { randomIds } from "./runtime/ids.ts";
import { Logger, type LogLevel } from "./runtime/log.ts";
import { systemClock } from "./runtime/clock.ts";
import { Metrics } from "./runtime/metrics.ts";
import { Signals } from "./runtime/signals.ts";
import { SystemScheduler, type ManualClock } from "./runtime/scheduler.ts";
import { Storage, type Durability } from "./storage/storage.ts";

export { ManualClock } from "./runtime/scheduler.ts";

export interface EmulatorOptions {
  /** 4566 unless said; 0 takes a free one. */
  readonly port?: number;
  /** 127.0.0.1 unless said. */
  readonly host?: string;
  /** Folder that keeps the data over restarts. Without it everything is gone at the end. */
  readonly dataDirectory?: string;
  readonly durability?: Durability;
  /** Host names beside the loopback ones that requests may name; a leading dot allows all names below. */
  readonly allowedHosts?: readonly string[];
  readonly logLevel?: LogLevel;
  /** Whether calls of roles and services are held against their policies: they are unless said. Root may do everything. */
  readonly iam?: "on" | "off";
  /** A clock that a test steps; batching windows, retries and expiries then wait for it. */
  readonly clock?: ManualClock;
}

export interface RunningEmulator extends AsyncDisposable {
  /** http://HOST:PORT */
  readonly endpoint: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** Settings for any AWS SDK client. */
  clientConfig(): ClientConfig;
  /** Lets requests in flight end and closes the port; an ephemeral emulator's data is removed. */
  stop(): Promise<void>;
}

export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export const DEFAULT_PORT = 4566;
export const DEFAULT_REGION = "us-east-1";

/** How long requests in flight may take to end when the emulator stops, in milliseconds. */
const STOP_GRACE_MS = 2_000;

/**
 * Starts an emulator in this process.
 * @throws Error with code EADDRINUSE when the port is taken
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  const host = options.host ?? "127.0.0.1";
  const log = new Logger(options.logLevel);
  const clock = options.clock ?? systemClock;
  const scheduler = options.clock ?? new SystemScheduler((error) => log.error("a scheduled task failed", { error }));
  const storage = new Storage({
    ...(options.dataDirectory !== undefined && { directory: options.dataDirectory }),
    durability: options.durability ?? "process",
  });
  let endpoint = "";
  const emulator = new Emulator(
    services,
    {
      clock,
      ids: randomIds,
      scheduler,
      signals: new Signals(),
      metrics: new Metrics(),
      storage,
      credentials: new StoredCredentials(storage, clock, randomIds),
      log,
      downloads: new Downloads(storage.blobs, clock, () => endpoint),
      get endpoint() {
        return endpoint;
      },
    },
    new Guard([...(options.allowedHosts ?? []), ...(isWildcard(host) ? [] : [host])]),
    { iam: options.iam !== "off" },
  );
  let listener: Listener | undefined;
  try {
    listener = await listen({ host, port: options.port ?? DEFAULT_PORT }, (request, response) => {
      void serve(emulator, request, response);
    });
    endpoint = `http://${urlHost(host)}:${listener.port}`;
    await emulator.start();
  } catch (error) {
    await listener?.close(0);
    await storage.close();
    throw error;
  }
  const { port } = listener;
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await listener?.close(STOP_GRACE_MS);
    await emulator.stop();
    scheduler.stop();
    await storage.close();
  };
  return {
    endpoint,
    port,
    dataDirectory: storage.directory,
    clientConfig: () => ({
      endpoint,
      region: DEFAULT_REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    }),
    stop: () => (stopped ??= stop()),
    [Symbol.asyncDispose]: () => (stopped ??= stop()),
  };
}

const isWildcard = (host: string): boolean => host === "0.0.0.0" || host === "::";

/** The host for URLs: a wildcard address is reached by loopback. */
const urlHost = (host: string): string => (isWildcard(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host);
