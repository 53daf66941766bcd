import { findTarget } from "../../cli/targets/index.ts";
import { containerEngine } from "./engine.ts";
import type { SuiteTarget } from "./target.ts";

const IMAGE = process.env["LOCALSTACK_IMAGE"] ?? "localstack/localstack:4.14.0";

const DOCKER_SOCKET = "/var/run/docker.sock";

const ENVIRONMENT = {
  // the templates ask for arm64; functions run on what the machine has
  LAMBDA_IGNORE_ARCHITECTURE: "1",
  // a mapping reads one batch of one shard each time
  LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC: "0.1",
  // CloudFormation looks no more than once a second whether a resource is ready
  CFN_NO_WAIT_ITERATIONS: "30",
  DISABLE_EVENTS: "1",
  SKIP_SSL_CERT_DOWNLOAD: "1",
  LS_LOG: "warn",
};

/** LocalStack in a container, which is gone with this process. */
export async function startLocalStack(environment: Readonly<Record<string, string>> = {}) {
  // loaded on demand: suites that need no container do not wait for it
  const { LocalstackContainer } = await import("@testcontainers/localstack");
  return new LocalstackContainer(IMAGE)
    .withEnvironment({ ...ENVIRONMENT, ...environment })
    .withBindMounts([{ source: DOCKER_SOCKET, target: DOCKER_SOCKET }])
    .start();
}

/** LocalStack in a container of its own; it runs functions in containers beside it. */
export const localstack: SuiteTarget = {
  async serve() {
    await containerEngine();
    const container = await startLocalStack();
    return {
      endpoint: container.getConnectionUri(),
      title: IMAGE,
      // in milliseconds: it removes the containers of its functions
      [Symbol.asyncDispose]: async () => void (await container.stop({ timeout: 15_000 })),
    };
  },
  suites: ["localstack/limits.test.ts", "e2e/compose.test.ts"],
  async open(endpoint) {
    return {
      target: await findTarget({ target: "localstack", endpoint }),
      patienceMs: 120_000,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};
