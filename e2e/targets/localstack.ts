import { findTarget } from "../../cli/targets/index.ts";
import { containerEngine } from "./engine.ts";
import type { SuiteTarget } from "./target.ts";

const IMAGE = process.env["LOCALSTACK_IMAGE"] ?? "localstack/localstack:4.14.0";

const DOCKER_SOCKET = "/var/run/docker.sock";

/** LocalStack in a container of its own; it runs functions in containers beside it. */
export const localstack: SuiteTarget = {
  async serve() {
    await containerEngine();
    const { LocalstackContainer } = await import("@testcontainers/localstack");
    const container = await new LocalstackContainer(IMAGE)
      .withBindMounts([{ source: DOCKER_SOCKET, target: DOCKER_SOCKET }])
      .start();
    return {
      endpoint: container.getConnectionUri(),
      title: IMAGE,
      [Symbol.asyncDispose]: async () => void (await container.stop()),
    };
  },
  async open(endpoint) {
    return {
      target: await findTarget({ target: "localstack", endpoint }),
      patienceMs: 120_000,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};
