import type { Operation } from "../index.ts";
import { requirePlan } from "../lookup.ts";
import { usageOf } from "../usage.ts";

/**
 * What the keys of a usage plan used and have left, day by day.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsage.html
 */
export const getUsage: Operation<"GetUsage"> = ({ store, clock }, input) =>
  usageOf(store, requirePlan(store, input.usagePlanId), clock.now(), input);
