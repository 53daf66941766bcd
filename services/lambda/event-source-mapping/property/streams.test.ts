import { afterAll, describe, expect, it } from "@jest/globals";
import { sharedStorage } from "./shared-storage.ts";
import { narrate } from "./narrative.ts";
import { streamScenarios } from "./stream-scenario.ts";
import { runSeeds } from "./seeds.ts";
import { StreamSide } from "./stream-side.ts";
import { World } from "./world.ts";

describe("MappingEngine on a stream", () => {
  const storage = sharedStorage();

  afterAll(() => storage.close());

  it(
    "keeps to AWS's rules, whatever the stream, the function, the destination and the process do",
    async () => {
      const count = await runSeeds({
        path: "services/lambda/event-source-mapping/property/streams.test.ts",
        usualSeeds: 1000,
        scenarios: streamScenarios,
        narrate,
        run: (scenario, tell) => new World(scenario, (around) => new StreamSide(scenario, around), storage, tell).run(),
      });
      expect(count).toBeGreaterThan(0);
    },
    24 * 3_600_000,
  );
});
