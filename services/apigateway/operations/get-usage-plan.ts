import type { Operation } from "../index.ts";
import { requirePlan } from "../lookup.ts";
import { planView } from "../views.ts";

/**
 * One usage plan.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlan.html
 */
export const getUsagePlan: Operation<"GetUsagePlan"> = ({ store }, { usagePlanId }) =>
  planView(requirePlan(store, usagePlanId));
