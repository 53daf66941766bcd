import { badRequest, conflict } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireKey, requirePlan } from "../lookup.ts";
import { planKeyView } from "../views.ts";

/**
 * Adds an API key to a usage plan.
 * @throws NotFoundException, BadRequestException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlanKey.html
 */
export const createUsagePlanKey: Operation<"CreateUsagePlanKey"> = ({ store }, { usagePlanId, keyId, keyType }) => {
  if (keyType !== "API_KEY") throw badRequest("Invalid key type specified. Must be one of: [API_KEY]");
  const plan = requirePlan(store, usagePlanId);
  const key = requireKey(store, keyId);
  const taken = new Set(plan.apiStages.map(({ apiId, stage }) => `${apiId}:${stage}`));
  for (const other of store.plansOf(keyId)) {
    if (other.id === plan.id) throw conflict(`API Key ${keyId} is already associated with Usage Plan ${usagePlanId}`);
    const shared = other.apiStages.find(({ apiId, stage }) => taken.has(`${apiId}:${stage}`));
    if (shared) {
      throw conflict(
        `API Key ${keyId} cannot be added to Usage Plan ${usagePlanId} because it is already associated with API Stage ${shared.apiId}:${shared.stage} by Usage Plan ${other.id}`,
      );
    }
  }
  store.putPlanKey(usagePlanId, keyId);
  return planKeyView(key);
};
