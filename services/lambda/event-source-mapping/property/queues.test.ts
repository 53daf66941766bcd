import { afterAll, describe, expect, it } from "@jest/globals";
import { sharedStorage } from "./shared-storage.ts";
import { narrate } from "./narrative.ts";
import { queueScenarios } from "./queue-scenario.ts";
import { runSeeds } from "./seeds.ts";
import { QueueSide } from "./queue-side.ts";
import { World } from "./world.ts";

describe("MappingEngine on a queue", () => {
  const storage = sharedStorage();

  afterAll(() => storage.close());

  it(
    "keeps to AWS's rules, whatever the queue, the function and the process do",
    async () => {
      const count = await runSeeds({
        path: "services/lambda/event-source-mapping/property/queues.test.ts",
        usualSeeds: 1000,
        scenarios: queueScenarios,
        narrate,
        run: (scenario, tell) => new World(scenario, (around) => new QueueSide(scenario, around), storage, tell).run(),
      });
      expect(count).toBeGreaterThan(0);
    },
    24 * 3_600_000,
  );
});
