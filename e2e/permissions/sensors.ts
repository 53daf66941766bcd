import { randomUUID } from "node:crypto";
import { type ApiCall, apiFails } from "./checks.ts";
import { logging } from "./shared-checks.ts";
import type { Checks } from "./suite.ts";
import type { Workbench } from "./workbench.ts";

export const sensorsChecks = (bench: Workbench): Checks => {
  const newCall = (): ApiCall => {
    const event = { id: randomUUID(), sensor_id: randomUUID(), temperature: 21.5, epoch: 1_772_359_200 };
    return {
      async ask() {
        const { API_URL, API_KEY = "" } = await bench.pipeline.commands.environment!(bench.pipeline.deployed);
        return fetch(`${API_URL}/events`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-api-key": API_KEY },
          body: JSON.stringify(event),
        });
      },
      isDone: async () => (await bench.keys("EventsBucket")).some((key) => key.includes(event.id)),
      ...{ success: 201, failure: 500 },
    };
  };
  return {
    "FunctionRole StoreEvents s3:PutObject": apiFails(bench, () => {
      return { ...newCall(), failure: 502, functionId: "Function" };
    }),
    ...logging(bench, "FunctionRole", "Function", () => newCall().ask()),
    "InvokePermission lambda:InvokeFunction": apiFails(bench, newCall),
  };
};
