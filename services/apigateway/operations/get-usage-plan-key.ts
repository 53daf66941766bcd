import { keyNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireKey, requirePlan } from "../lookup.ts";
import { planKeyView } from "../views.ts";

/**
 * One API key of a usage plan.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlanKey.html
 */
export const getUsagePlanKey: Operation<"GetUsagePlanKey"> = ({ store }, { usagePlanId, keyId }) => {
  requirePlan(store, usagePlanId);
  if (!store.isPlanKey(usagePlanId, keyId)) throw keyNotFound();
  return planKeyView(requireKey(store, keyId));
};
