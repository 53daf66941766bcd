import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { ClientSettings } from "../cli/targets/index.ts";
import { ManualClock, startEmulator, type ClientConfig } from "../emulator/index.ts";
import { checkedHandler } from "./targets/checked-handler.ts";
import { currentTarget, NotOnThisTarget, type ConformanceTarget } from "./targets/current.ts";

type Later<T> = () => Promise<T>;

/** Settings for any AWS SDK client. Of a target that is not open yet, a client asks for them with its first request. */
export interface TargetConfig {
  /** None in an account: the SDK knows where its services are. */
  readonly endpoint?: ClientConfig["endpoint"] | Later<{ readonly url: URL }>;
  readonly region: ClientConfig["region"] | Later<ClientConfig["region"]>;
  readonly credentials: ClientSettings["credentials"];
  readonly requestHandler?: NodeHttpHandler;
}

/** Where a conformance suite runs. Suites ask for what they need; TARGET names the target. */
export interface Target {
  readonly name: ConformanceTarget;
  /** For requests that no SDK makes. @throws NotOnThisTarget in an account, which takes signed ones only */
  readonly endpoint: string;
  /** Settings for any AWS SDK client: `new KinesisClient(target.clientConfig())`. */
  clientConfig(): TargetConfig;
  /** Steps the target's time, where it was opened with a clock: batching windows, expiries and retries wait for it. */
  readonly clock: ManualClock;
}

export interface OpenTarget extends Target, AsyncDisposable {
  clientConfig(): ClientSettings;
}

/** What can be asked of the embedded target alone: on others a suite that does is skipped. */
export interface TargetOptions {
  /** Time stands still until `target.clock.advance(ms)`; without, it is the machine's. */
  readonly manualClock?: boolean;
  /** Keeps the data: a target that is opened on it later goes on with them. */
  readonly dataDirectory?: string;
  /** Off: calls of roles are not held against their policies. */
  readonly iam?: "on" | "off";
  /** Off: Kinesis streams take and give more than AWS's rates of a shard. */
  readonly kinesisLimits?: "on" | "off";
  /** On: DynamoDB's tables and indexes take and give no more than their capacity. */
  readonly dynamodbLimits?: "on" | "off";
  /** Verify: the signatures of all requests are, not only those of presigned URLs. Off: none is. */
  readonly auth?: "off" | "presigned" | "verify";
  readonly accessKeys?: Readonly<Record<string, string>>;
}

/** Why a suite that asks for it says nothing of other targets. */
const EMBEDDED_ONLY: Readonly<Record<Exclude<keyof TargetOptions, "manualClock">, string>> = {
  dataDirectory: "needs the data directory of an emulator",
  iam: "needs an emulator with another setting of --iam",
  kinesisLimits: "needs an emulator with another setting of --kinesis-limits",
  dynamodbLimits: "needs an emulator with another setting of --dynamodb-limits",
  auth: "needs an emulator with another setting of --auth",
  accessKeys: "needs an emulator with access keys of its own",
};

/** Opens the target of this run. @throws NotOnThisTarget where it is asked for what the target has not */
export async function openTarget(options: TargetOptions = {}): Promise<OpenTarget> {
  const name = currentTarget();
  if (name === "embedded") return openEmbedded(options);
  for (const [option, reason] of Object.entries(EMBEDDED_ONLY)) {
    if (options[option as keyof TargetOptions] !== undefined) throw new NotOnThisTarget(reason);
  }
  // loaded on demand: the embedded target does not wait for what the others need
  const open = name === "localstack" ? await openLocalStack() : await openAccount();
  return {
    name,
    ...open,
    get endpoint() {
      if (open.endpoint !== undefined) return open.endpoint;
      throw new NotOnThisTarget("sends requests that are not signed as AWS asks");
    },
    clock: new MachineClock(),
  };
}

/** The time of other targets, which goes by itself: a test is skipped where it would step it. */
class MachineClock extends ManualClock {
  override now(): number {
    return Date.now();
  }

  override advance(): Promise<never> {
    return Promise.reject(new NotOnThisTarget("needs a clock that it can step"));
  }
}

async function openLocalStack() {
  const { openLocalStack: open } = await import("./targets/localstack.ts");
  return { ...(await open()), [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function openAccount() {
  const { openAws } = await import("./targets/aws.ts");
  const { clientConfig, close } = await openAws();
  return { endpoint: undefined, clientConfig, [Symbol.asyncDispose]: close };
}

async function openEmbedded(options: TargetOptions): Promise<OpenTarget> {
  const { manualClock, ...settings } = options;
  const clock = new ManualClock(Date.now());
  const emulator = await startEmulator({
    port: 0,
    logLevel: "error",
    ...(manualClock && { clock }),
    ...settings,
  });
  return {
    name: "embedded",
    endpoint: emulator.endpoint,
    clientConfig: () => emulator.clientConfig(),
    clock,
    [Symbol.asyncDispose]: () => emulator.stop(),
  };
}

/**
 * The target of the tests of this file or `describe`: it opens before them and closes behind them. Clients can be made of it
 * at once; its endpoint and its clock are there when the tests run.
 */
export function useTarget(options: TargetOptions = {}): Target {
  let opened: OpenTarget | undefined;
  const target = (): OpenTarget => {
    if (!opened) throw new Error("the target opens before the tests, not while they are being defined");
    return opened;
  };
  beforeAll(async () => {
    opened = await openTarget(options);
  });
  afterAll(() => opened?.[Symbol.asyncDispose]());
  const name = currentTarget();
  return {
    name,
    get endpoint() {
      return target().endpoint;
    },
    get clock() {
      return target().clock;
    },
    clientConfig: () => ({
      region: async () => target().clientConfig().region,
      credentials: async () => {
        const { credentials } = target().clientConfig();
        return typeof credentials === "function" ? credentials() : credentials;
      },
      ...(name === "aws"
        ? { requestHandler: checkedHandler(async () => target().clientConfig().region) as unknown as NodeHttpHandler }
        : { endpoint: async () => ({ url: new URL(target().endpoint) }) }),
    }),
  };
}

/** A client of the tests of this file or `describe`: it is closed behind them. */
export function useClient<C extends { destroy(): void }>(client: C): C {
  afterAll(() => client.destroy());
  return client;
}

/** Resolves with the first value that is not undefined. Fails with `what` after `patienceMs`: a bound, not a sleep. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  patienceMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What a refused call says, as `Name: message`. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof NotOnThisTarget) throw error;
    if (error instanceof Error) return `${error.name}: ${error.message}`;
    throw error;
  }
  throw new Error("the call was not refused");
}
