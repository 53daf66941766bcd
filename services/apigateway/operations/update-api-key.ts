import type { Operation } from "../index.ts";
import { requireKey } from "../lookup.ts";
import type { ApiKey } from "../model.ts";
import { applyPatches, isTrue, orUndefined, replaces, type PatchRule } from "../patch.ts";
import { requireStageExists } from "../usage-plan.ts";
import { keyView } from "../views.ts";

const RULES: readonly PatchRule<ApiKey>[] = [
  replaces("/name", (name) => ({ name: orUndefined(name) })),
  replaces("/description", (description) => ({ description: orUndefined(description) })),
  replaces("/enabled", (value) => ({ enabled: isTrue(value) })),
  replaces("/customerId", (customerId) => ({ customerId: orUndefined(customerId) })),
  {
    path: "/stages",
    ops: ["add", "remove"],
    apply(key, { op, value = "" }) {
      const others = key.stageKeys.filter((stage) => stage !== value);
      return { ...key, stageKeys: op === "add" ? [...others, value] : others };
    },
  },
];

/**
 * Changes the settings of an API key; its value stays.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateApiKey.html
 */
export const updateApiKey: Operation<"UpdateApiKey"> = ({ store, clock }, { apiKey, patchOperations }) => {
  const before = requireKey(store, apiKey);
  const patched = applyPatches(before, patchOperations, RULES, "listed");
  for (const stage of patched.stageKeys.filter((name) => !before.stageKeys.includes(name))) {
    const [apiId = "", name = ""] = stage.split("/");
    requireStageExists(store, apiId, name);
  }
  const key = { ...patched, updatedAt: clock.now() };
  store.putKey(key);
  return keyView(key, false);
};
