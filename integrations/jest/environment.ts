import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningEmulator } from "../../emulator/index.ts";
import { eventually } from "./eventually.ts";
import { EMULATOR, type HeadwaterOptions, type TestClock, type TestEmulator } from "./index.ts";
import { readOptions } from "./options.ts";

/** Jest's environment for Node, of the Jest that runs: package managers put it where its runner finds it, and we need not. */
const { TestEnvironment } = ((): typeof import("jest-environment-node") => {
  const runner = Object.keys(require.cache).find((file) => /[\\/]jest-runner[\\/]build[\\/]/.test(file));
  return createRequire(runner ?? __filename)("jest-environment-node") as typeof import("jest-environment-node");
})();

/** Loaded by the first file of a worker, outside of the files' sandboxes, and kept for the others. */
const library = () => import("../../emulator/index.ts");

/** Variables by which a developer's own configuration would lead clients to another place, or to an account. */
const LEADS_ASTRAY = /^AWS_(ENDPOINT_URL_.+|PROFILE|DEFAULT_PROFILE|SESSION_TOKEN|IGNORE_CONFIGURED_ENDPOINT_URLS)$/;

/** Jest's limit of a test when its configuration says none. */
const TEST_TIMEOUT_MS = 5_000;
/** So much of it may be spent on waiting: then there is time left to say what was waited for. */
const PATIENCE = 0.8;

/** Where the data are that the files of this worker share. */
let workerFolder: string | undefined;

/** Removed with the worker; of a worker that was killed, by the next emulator, which goes by the process id in the name. */
function sharedFolder(): string {
  if (workerFolder !== undefined) return workerFolder;
  const folder = mkdtempSync(join(tmpdir(), `headwater-${process.pid}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return (workerFolder = folder);
}

/**
 * Jest's environment for Node, with an emulator: it starts in milliseconds before each test file, in the worker's own process, and
 * stops behind it, so that nothing is open when Jest ends.
 */
export default class HeadwaterEnvironment extends TestEnvironment {
  readonly #options: HeadwaterOptions;
  readonly #patienceMs: number;
  #emulator: RunningEmulator | undefined;

  constructor(...[config, context]: ConstructorParameters<typeof TestEnvironment>) {
    super(config, context);
    this.#options = readOptions(config.projectConfig.testEnvironmentOptions["headwater"]);
    this.#patienceMs = PATIENCE * (config.globalConfig.testTimeout ?? TEST_TIMEOUT_MS);
  }

  override async setup(): Promise<void> {
    await super.setup();
    const { startEmulator, ManualClock } = await library();
    const {
      scope,
      clock: kind,
      iam = "on",
      kinesisLimits = "on",
      dynamodbLimits = "off",
      auth = "presigned",
      logLevel = "error",
    } = this.#options;
    const clock = kind === "manual" ? new ManualClock(Date.now(), reportError) : undefined;
    this.#emulator = await startEmulator({
      port: 0,
      iam,
      kinesisLimits,
      dynamodbLimits,
      auth,
      logLevel,
      ...(clock && { clock }),
      ...(scope === "worker" && { dataDirectory: sharedFolder() }),
    });
    setEnvironment(this.global.process.env, this.#emulator);
    (this.global as Globals)[EMULATOR] = testEmulator(this.#emulator, clock, this.#patienceMs);
  }

  override async teardown(): Promise<void> {
    // before Jest takes apart what it finds among the file's globals
    delete (this.global as Globals)[EMULATOR];
    await this.#emulator?.stop();
    await super.teardown();
  }
}

interface Globals {
  [EMULATOR]?: TestEmulator;
}

/** What the SDKs' default settings are read from: nothing of a developer's own configuration. */
function setEnvironment(variables: NodeJS.ProcessEnv, emulator: RunningEmulator): void {
  for (const name of Object.keys(variables)) if (LEADS_ASTRAY.test(name)) delete variables[name];
  const { endpoint, region, credentials } = emulator.clientConfig();
  Object.assign(variables, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
  });
}

function testEmulator(
  emulator: RunningEmulator,
  clock: TestClock | undefined,
  defaultPatienceMs: number,
): TestEmulator {
  return {
    endpoint: emulator.endpoint,
    clientConfig: () => emulator.clientConfig(),
    get clock() {
      if (clock) return clock;
      throw new Error(
        'The emulator has the time of the machine: a file whose tests step it begins with `/** @jest-environment-options {"headwater": {"clock": "manual"}} */`.',
      );
    },
    reset: () => emulator.reset(),
    eventually: (what, awaited, patienceMs = defaultPatienceMs) => eventually(what, awaited, { patienceMs, clock }),
  };
}

/** A failure of a timer's task is the emulator's own, and no reason to end the worker. */
const reportError = (error: unknown): void =>
  void process.stderr.write(`headwater: a scheduled task failed: ${String(error)}\n`);
