import { keyNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requirePlan } from "../lookup.ts";

/**
 * Takes an API key out of a usage plan.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteUsagePlanKey.html
 */
export const deleteUsagePlanKey: Operation<"DeleteUsagePlanKey"> = ({ store }, { usagePlanId, keyId }) => {
  requirePlan(store, usagePlanId);
  if (!store.isPlanKey(usagePlanId, keyId)) throw keyNotFound();
  store.removePlanKey(usagePlanId, keyId);
  return {};
};
