import { ManualClock, startEmulator, type ClientConfig } from "../emulator/index.ts";

type Later<T> = () => Promise<T>;

/** Settings for any AWS SDK client. Of a target that is not open yet, a client asks for them with its first request. */
export interface TargetConfig {
  readonly endpoint: ClientConfig["endpoint"] | Later<{ readonly url: URL }>;
  readonly region: ClientConfig["region"] | Later<ClientConfig["region"]>;
  readonly credentials: ClientConfig["credentials"] | Later<ClientConfig["credentials"]>;
}

/** Where a conformance suite runs. Suites ask for what they need; TARGET names the target. */
export interface Target {
  readonly name: "embedded";
  readonly endpoint: string;
  /** Settings for any AWS SDK client: `new KinesisClient(target.clientConfig())`. */
  clientConfig(): TargetConfig;
  /** Steps the target's time: batching windows, expiries and retries wait for it. Only on targets that were opened with a clock. */
  readonly clock: ManualClock;
}

export interface OpenTarget extends Target, AsyncDisposable {
  clientConfig(): ClientConfig;
}

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

/** Opens the target of this run (embedded is the only one yet). */
export async function openTarget({
  manualClock,
  dataDirectory,
  iam,
  kinesisLimits,
  dynamodbLimits,
  auth,
  accessKeys,
}: TargetOptions = {}): Promise<OpenTarget> {
  const name = process.env["TARGET"] ?? "embedded";
  if (name !== "embedded") throw new Error(`TARGET=${name} is not known: embedded is`);
  const clock = new ManualClock(Date.now());
  const emulator = await startEmulator({
    port: 0,
    logLevel: "error",
    ...(manualClock && { clock }),
    ...(iam !== undefined && { iam }),
    ...(kinesisLimits !== undefined && { kinesisLimits }),
    ...(dynamodbLimits !== undefined && { dynamodbLimits }),
    ...(auth !== undefined && { auth }),
    ...(accessKeys && { accessKeys }),
    ...(dataDirectory !== undefined && { dataDirectory }),
  });
  return {
    name,
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
  return {
    name: "embedded",
    get endpoint() {
      return target().endpoint;
    },
    get clock() {
      return target().clock;
    },
    clientConfig: () => ({
      endpoint: async () => ({ url: new URL(target().endpoint) }),
      region: async () => target().clientConfig().region,
      credentials: async () => target().clientConfig().credentials,
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
