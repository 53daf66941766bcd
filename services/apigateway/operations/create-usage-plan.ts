import { badRequest } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Operation } from "../index.ts";
import type { UsagePlan } from "../model.ts";
import { compact } from "../patch.ts";
import { checkTags } from "../tags.ts";
import { quotaOf, stagesOf, throttleOf } from "../usage-plan.ts";
import { planView } from "../views.ts";

/**
 * Creates a usage plan: which stages its keys may call, how often and how fast.
 * @throws BadRequestException, NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlan.html
 */
export const createUsagePlan: Operation<"CreateUsagePlan"> = ({ store, ids, clock }, input) => {
  const { name, description } = input;
  if (name.trim() === "") throw badRequest("Usage Plan name cannot be blank");
  const plan: UsagePlan = compact({
    id: newId(ids, 6),
    name,
    description,
    apiStages: stagesOf(store, name, input.apiStages ?? []),
    throttle: input.throttle && throttleOf(input.throttle),
    quota: input.quota && quotaOf(input.quota),
    tags: checkTags(input.tags ?? {}),
    createdAt: clock.now(),
  });
  store.putPlan(plan);
  return planView(plan, "when some");
};
