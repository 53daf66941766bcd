import { basename } from "node:path";
import { GenericContainer, Wait } from "testcontainers";
import { VERSION } from "../../emulator/version.ts";
import { HEADWATER_PORT, StartedHeadwaterContainer } from "./started-headwater-container.ts";

const DATA_FOLDER = "/var/lib/localstack";
const INIT_FOLDER = "/etc/localstack/init";
/** Read and run by every user, of whom the image's is one. */
const EXECUTABLE = 0o755;
const STARTUP_TIMEOUT_MS = 60_000;

interface InitPage {
  readonly scripts: readonly { readonly name: string; readonly reason?: string }[];
}

/**
 * Headwater in a container, for tests. It has started when its emulator answers and its init scripts are done.
 *
 * ```ts
 * await using headwater = await new HeadwaterContainer().start();
 * const kinesis = new KinesisClient(headwater.clientConfig());
 * ```
 */
export class HeadwaterContainer extends GenericContainer {
  /** @param image the image of this package's version unless said */
  constructor(image = `headwater:${VERSION}`) {
    super(image);
    this.withExposedPorts(HEADWATER_PORT)
      .withWaitStrategy(
        Wait.forHttp("/_localstack/init/ready", HEADWATER_PORT, { abortOnContainerExit: true }).forResponsePredicate(
          (body) => (JSON.parse(body) as { completed: boolean }).completed,
        ),
      )
      .withStartupTimeout(STARTUP_TIMEOUT_MS);
  }

  /** Whether roles may only do what their policies allow, as they do unless said. */
  withIam(iam: "on" | "off"): this {
    return this.withEnvironment({ HEADWATER_IAM: iam });
  }

  /** Whether Kinesis streams take and give no more than AWS's rates of a shard, as they do unless said. */
  withKinesisLimits(limits: "on" | "off"): this {
    return this.withEnvironment({ HEADWATER_KINESIS_LIMITS: limits });
  }

  /** Whether DynamoDB's tables and indexes take and give no more than their capacity; they do not unless said. */
  withDynamodbLimits(limits: "on" | "off"): this {
    return this.withEnvironment({ HEADWATER_DYNAMODB_LIMITS: limits });
  }

  /** Whose signatures are verified: nobody's, those of presigned URLs and forms (unless said), or those of every request. */
  withAuth(auth: "off" | "presigned" | "verify"): this {
    return this.withEnvironment({ HEADWATER_AUTH: auth });
  }

  /** What is logged on the container's standard error; warnings and errors unless said. */
  withLogLevel(level: "debug" | "info" | "warn" | "error"): this {
    return this.withEnvironment({ HEADWATER_LOG_LEVEL: level });
  }

  /** Keeps the data in a named volume, which outlives the container: the next one with it goes on where this one ended. */
  withDataVolume(name: string): this {
    return this.withBindMounts([{ source: name, target: DATA_FOLDER }]);
  }

  /**
   * Scripts that run in the container when the emulator is ready (or in another stage), by their names' order: .sh, .js, .mjs or .cjs.
   * They find the emulator by AWS_ENDPOINT_URL and may import the AWS SDK. `start()` fails when one of them does.
   */
  withInitScripts(files: readonly string[], stage: "boot" | "start" | "ready" | "shutdown" = "ready"): this {
    return this.withCopyFilesToContainer(
      files.map((source) => ({ source, target: `${INIT_FOLDER}/${stage}.d/${basename(source)}`, mode: EXECUTABLE })),
    );
  }

  /** @throws Error when an init script has failed; the container is gone then */
  override async start(): Promise<StartedHeadwaterContainer> {
    const started = new StartedHeadwaterContainer(await super.start());
    try {
      const answer = await fetch(`${started.getConnectionUri()}/_localstack/init`);
      const failed = ((await answer.json()) as InitPage).scripts.filter(({ reason }) => reason !== undefined);
      const reasons = failed.map(({ name, reason }) => `${name}: ${reason}`);
      if (failed.length > 0)
        throw new Error(`The container has started, but its init scripts failed (${reasons.join("; ")}).`);
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  /** Others on the container's networks reach it by its alias: links in messages name it. */
  protected override beforeContainerCreated(): Promise<void> {
    const alias = this.networkAliases.at(-1);
    if (alias !== undefined && this.environment["HEADWATER_PUBLIC_ENDPOINT"] === undefined) {
      this.withEnvironment({ HEADWATER_PUBLIC_ENDPOINT: `http://${alias}:${HEADWATER_PORT}` });
    }
    return Promise.resolve();
  }
}
