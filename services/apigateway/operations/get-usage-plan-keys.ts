import type { Operation } from "../index.ts";
import { requirePlan } from "../lookup.ts";
import { page } from "../page.ts";
import { planKeyView } from "../views.ts";

/**
 * Lists the API keys of a usage plan, those whose name begins with `name`.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlanKeys.html
 */
export const getUsagePlanKeys: Operation<"GetUsagePlanKeys"> = ({ store }, input) => {
  const plan = requirePlan(store, input.usagePlanId);
  const keys = store.keysOf(plan.id).filter(({ name = "" }) => name.startsWith(input.nameQuery ?? ""));
  const { items, position } = page(keys, ({ id }) => id, input);
  return { items: items.map(planKeyView), ...(position !== undefined && { position }) };
};
