import { findTarget } from "../../cli/targets/index.ts";
import { containerEngine } from "./engine.ts";
import { projectImage } from "./project-image.ts";
import type { SuiteTarget } from "./target.ts";

/** Headwater's own image, in a container. */
export const container: SuiteTarget = {
  suites: [
    "e2e/compose.test.ts",
    "integrations/testcontainers/headwater-container.test.ts",
    "conformance/package/testcontainers-example.test.ts",
  ],
  async prepare() {
    await containerEngine();
    await projectImage();
  },
  async serve() {
    const image = await projectImage();
    const { HeadwaterContainer } = await import("../../integrations/testcontainers/index.ts");
    const headwater = await new HeadwaterContainer(image).start();
    return {
      endpoint: headwater.getConnectionUri(),
      title: image,
      // the suites do not look again whether it is made of today's files
      environment: { E2E_IMAGE: image },
      [Symbol.asyncDispose]: async () => void (await headwater.stop()),
    };
  },
  async open(endpoint) {
    return {
      target: await findTarget({ target: "embedded", endpoint }),
      patienceMs: 60_000,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};
