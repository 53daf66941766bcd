import { Guard } from "./gateway/guard.ts";
import { listen, type Listener } from "./gateway/listen.ts";
import { type InitState, NO_HOOKS } from "./init/stages.ts";
import { Instances } from "./instance.ts";
import type { Verified } from "./model/credentials.ts";
import { Logger, type LogLevel } from "./runtime/log.ts";
import type { ManualClock } from "./runtime/scheduler.ts";
import type { Durability } from "./storage/durability.ts";

export { ManualClock } from "./runtime/scheduler.ts";

export type Auth = "off" | "presigned" | "verify";

const VERIFIED: Readonly<Record<Auth, Verified>> = { off: "none", presigned: "presigned", verify: "all" };

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
  /**
   * URL at which others reach this emulator, where it is not that of `host` and `port`: for links in what it sends. What answers a
   * request names the host that the request named.
   */
  readonly publicEndpoint?: string;
  readonly logLevel?: LogLevel;
  /** Whether calls of roles and services are held against their policies: they are unless said. Root may do everything. */
  readonly iam?: "on" | "off";
  /** Whether Kinesis streams take and give no more than AWS's rates of a shard: they do unless said. Off for load. */
  readonly kinesisLimits?: "on" | "off";
  /** Whether DynamoDB's tables and indexes take and give no more than their capacity: on if they are to. */
  readonly dynamodbLimits?: "on" | "off";
  /** Whose signatures are verified: those of all requests, those of presigned URLs and forms (unless said), or none; then URLs do not expire either. */
  readonly auth?: Auth;
  /** Secrets by access key, beside `test` and whatever the emulator itself issues. */
  readonly accessKeys?: Readonly<Record<string, string>>;
  /** A clock that a test steps; batching windows, retries and expiries then wait for it. */
  readonly clock?: ManualClock;
  /** How far the hooks of a start have come, for `/_localstack/init`; there are none unless said. */
  readonly init?: InitState;
}

export interface RunningEmulator extends AsyncDisposable {
  /** http://HOST:PORT */
  readonly endpoint: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** Settings for any AWS SDK client. */
  clientConfig(): ClientConfig;
  /**
   * Forgets everything: what runs is ended, all data are removed, and the emulator is as a new one at the same endpoint. Requests
   * in flight are cut off; those that come meanwhile wait. The time of a ManualClock stays.
   */
  reset(): Promise<void>;
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
  let endpoint = "";
  const instances = new Instances({
    ...(options.dataDirectory !== undefined && { directory: options.dataDirectory }),
    durability: options.durability ?? "process",
    clock: options.clock,
    log: new Logger(options.logLevel),
    guard: new Guard(
      [...(options.allowedHosts ?? []), ...(isWildcard(host) ? [] : [host])],
      isWildcard(host) ? "local names" : "loopback names",
    ),
    iam: options.iam !== "off",
    kinesisLimits: options.kinesisLimits !== "off",
    dynamodbLimits: options.dynamodbLimits === "on",
    auth: { verified: VERIFIED[options.auth ?? "presigned"], accessKeys: options.accessKeys ?? {} },
    endpoint: () => endpoint,
    publicEndpoint: () => options.publicEndpoint?.replace(/\/$/, "") ?? endpoint,
    init: options.init ?? NO_HOOKS,
  });
  let listener: Listener | undefined;
  try {
    listener = await listen({ host, port: options.port ?? DEFAULT_PORT }, (request, response) =>
      instances.serve(request, response),
    );
    endpoint = `http://${urlHost(host)}:${listener.port}`;
    await instances.start();
  } catch (error) {
    await listener?.close(0);
    await instances.stop();
    throw error;
  }
  const { port } = listener;
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await instances.endEventStreams();
    await listener?.close(STOP_GRACE_MS);
    await instances.stop();
  };
  return {
    endpoint,
    port,
    get dataDirectory() {
      return instances.directory;
    },
    clientConfig: () => ({
      endpoint,
      region: DEFAULT_REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    }),
    reset: () => instances.reset(),
    stop: () => (stopped ??= stop()),
    [Symbol.asyncDispose]: () => (stopped ??= stop()),
  };
}

const isWildcard = (host: string): boolean => host === "0.0.0.0" || host === "::";

/** The host for URLs: a wildcard address is reached by loopback. */
const urlHost = (host: string): string => (isWildcard(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host);
