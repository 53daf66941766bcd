import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { findTarget } from "../../cli/targets/index.ts";
import { containerEngine } from "./engine.ts";
import type { SuiteTarget } from "./target.ts";

const read = (name: string) => readFileSync(new URL(`../../localstack/${name}`, import.meta.url), "utf8");

const IMAGE = process.env["LOCALSTACK_IMAGE"] ?? /\$\{LOCALSTACK_IMAGE:-([^}]+)\}/.exec(read("emulators.yml"))![1]!;

const DOCKER_SOCKET = "/var/run/docker.sock";

/** As docker compose has it, but for what a container that is gone afterwards need not keep. */
const { PERSISTENCE: _kept, ...SETTINGS } = parseEnv(read("localstack.env"));

const ENVIRONMENT = {
  ...(SETTINGS as Record<string, string>),
  // a mapping reads one batch of one shard each time
  LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC: "0.1",
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
