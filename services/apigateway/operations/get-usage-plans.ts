import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { planView } from "../views.ts";

/**
 * Lists the usage plans, or those of a key.
 * @throws BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlans.html
 */
export const getUsagePlans: Operation<"GetUsagePlans"> = ({ store }, input) => {
  const plans = input.keyId === undefined ? store.plans() : store.plansOf(input.keyId);
  const { items, position } = page(plans, ({ id }) => id, input);
  return { items: items.map((plan) => planView(plan, "when some")), ...(position !== undefined && { position }) };
};
