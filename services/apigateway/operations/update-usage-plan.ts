import type { Operation } from "../index.ts";
import { requirePlan } from "../lookup.ts";
import { applyPatches } from "../patch.ts";
import { planRules } from "../usage-plan-patches.ts";
import { quotaOf } from "../usage-plan.ts";
import { planView } from "../views.ts";

/**
 * Changes the stages, limits and quota of a usage plan.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateUsagePlan.html
 */
export const updateUsagePlan: Operation<"UpdateUsagePlan"> = ({ store }, { usagePlanId, patchOperations }) => {
  const plan = applyPatches(requirePlan(store, usagePlanId), patchOperations, planRules(store), "listed");
  if (plan.quota) quotaOf(plan.quota);
  store.putPlan(plan);
  return planView(plan);
};
