// What a test file imports. Its types stand on nothing else, so that they serve CommonJS and ES modules.

/** Options of the environment: `testEnvironmentOptions: { headwater: { ... } }`, or a file's own `@jest-environment-options`. */
export interface HeadwaterOptions {
  /** Whose data they are: each test file begins with none (unless said), or goes on with those of the files before it in its worker. */
  readonly scope?: "file" | "worker";
  /** `manual`: time stands still until a test steps it by `emulator.clock`. The machine's unless said. */
  readonly clock?: "system" | "manual";
  /** Whether calls of roles and services are held against their policies: they are unless said. */
  readonly iam?: "on" | "off";
  /** Whether Kinesis streams take and give no more than AWS's rates of a shard: they do unless said. */
  readonly kinesisLimits?: "on" | "off";
  readonly dynamodbLimits?: "on" | "off";
  /** Whose signatures are verified: nobody's, those of presigned URLs and forms (unless said), or those of every request. */
  readonly auth?: "off" | "presigned" | "verify";
  /** What the emulator writes to standard error: `error` unless said. */
  readonly logLevel?: "debug" | "info" | "warn" | "error" | "silent";
}

/** Settings of an AWS SDK client. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The time of an emulator that a test steps. */
export interface TestClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Steps the time by `ms`; what comes due on the way happens in its order. */
  advance(ms: number): Promise<void>;
}

/** The emulator of the test file. Clients that are made without settings reach it; it starts before the file and stops behind it. */
export interface TestEmulator {
  /** http://HOST:PORT */
  readonly endpoint: string;
  /** Settings for an AWS SDK client, where it does not take them from the environment. */
  clientConfig(): ClientConfig;
  /** The time of the emulator, with the option `clock: "manual"`: batching windows, retries and expiries wait for `clock.advance(ms)`. */
  readonly clock: TestClock;
  /** Forgets everything: `beforeEach(() => emulator.reset())` gives each test an emulator like new. */
  reset(): Promise<void>;
  /**
   * Resolves with the first value of `probe` that is not undefined, or with that of a promise. Meanwhile a clock that the tests step
   * goes on: by 50 ms between two looks.
   * @param patienceMs four fifths of Jest's `testTimeout` unless said
   * @throws Error that says `what`, when there is no value by then
   */
  eventually<T>(what: string, probe: Promise<T> | Probe<T>, patienceMs?: number): Promise<T>;
}

export type Probe<T> = () => Promise<T | undefined> | T | undefined;

/** Where the environment leaves the emulator for the modules of the test file, which live in a world of their own. */
export const EMULATOR = Symbol.for("headwater/jest");

function running(): TestEmulator {
  const found = (globalThis as { [EMULATOR]?: TestEmulator })[EMULATOR];
  if (found) return found;
  throw new Error(
    'There is no emulator: set `preset: "headwater/jest"` or `testEnvironment: "headwater/jest/environment"` in the configuration of Jest.',
  );
}

export const emulator: TestEmulator = {
  get endpoint() {
    return running().endpoint;
  },
  clientConfig: () => running().clientConfig(),
  get clock() {
    return running().clock;
  },
  reset: () => running().reset(),
  eventually: (what, probe, patienceMs) => running().eventually(what, probe, patienceMs),
};
