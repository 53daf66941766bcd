import { keyNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requirePlan } from "../lookup.ts";
import { dayOf } from "../quota-period.ts";
import { setRemaining, usageOf } from "../usage.ts";

/**
 * Sets what is left to a key in the present period of its quota.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateUsage.html
 */
export const updateUsage: Operation<"UpdateUsage"> = ({ store, clock }, { usagePlanId, keyId, patchOperations }) => {
  const plan = requirePlan(store, usagePlanId);
  if (!store.isPlanKey(usagePlanId, keyId)) throw keyNotFound();
  setRemaining(store, plan, keyId, clock.now(), patchOperations);
  const today = dayOf(clock.now());
  return usageOf(store, plan, clock.now(), { keyId, startDate: today, endDate: today });
};
