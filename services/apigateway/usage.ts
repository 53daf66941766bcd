import type { GetUsageRequest, PatchOperation, Usage } from "@aws-sdk/client-api-gateway";
import { badRequest } from "./errors.ts";
import type { UsagePlan } from "./model.ts";
import { page } from "./page.ts";
import { applyPatches, replaces } from "./patch.ts";
import { dayOf, daysBetween, periodStart } from "./quota-period.ts";
import type { ApiGatewayStore } from "./store.ts";

const DAY_MS = 24 * 3600 * 1000;
const DAY = /^\d{4}-\d\d-\d\d$/;
/** AWS keeps usage for so long. */
const LONGEST_RANGE_DAYS = 90;

/** The usage of a plan's keys, or of one of them, for each day of a range. @throws BadRequestException */
export function usageOf(
  store: ApiGatewayStore,
  plan: UsagePlan,
  atMs: number,
  { keyId, startDate = "", endDate = "", position: from, limit: size }: Omit<GetUsageRequest, "usagePlanId">,
): Usage {
  const days = daysOf(startDate, endDate);
  const keys = store.keysOf(plan.id).filter(({ id }) => keyId === undefined || id === keyId);
  const { items, position } = page(keys, ({ id }) => id, { position: from, limit: size });
  return {
    usagePlanId: plan.id,
    startDate,
    endDate,
    ...(position !== undefined && { position }),
    items: Object.fromEntries(
      items.map(({ id }) => {
        const whole = plan.quota?.limit ?? 0;
        let left = whole;
        const usage = days.map((day, index) => {
          const used = store.dayUsage(plan.id, id, day);
          if (index > 0 && begins(plan, day)) left = whole;
          if (day === dayOf(atMs)) left = store.remaining(plan, id, atMs) ?? 0;
          else if (used) left = used.remaining;
          return [used?.used ?? 0, left];
        });
        return [id, usage];
      }),
    ),
  };
}

/** Every day of a range. @throws BadRequestException */
function daysOf(startDate: string, endDate: string): string[] {
  const length = (Date.parse(endDate) - Date.parse(startDate)) / DAY_MS + 1;
  if (!DAY.test(startDate) || !DAY.test(endDate) || !(length >= 1)) {
    throw badRequest(
      "Invalid date range specified: dates must be of the form yyyy-MM-dd, the start not behind the end",
    );
  }
  if (length > LONGEST_RANGE_DAYS) throw badRequest(`Usage can be queried for at most ${LONGEST_RANGE_DAYS} days`);
  return daysBetween(startDate, endDate);
}

/** Whether a period of the plan's quota begins with a day. */
const begins = ({ quota }: UsagePlan, day: string): boolean =>
  quota !== undefined && periodStart(quota.period, Date.parse(day)) === day;

/** @throws BadRequestException */
export function setRemaining(
  store: ApiGatewayStore,
  plan: UsagePlan,
  keyId: string,
  atMs: number,
  operations: readonly PatchOperation[] | undefined,
): void {
  if (!plan.quota) throw badRequest(`Usage Plan ${plan.id} has no quota`);
  const rules = [replaces<{ remaining?: number }>("/remaining", (value) => ({ remaining: count(value) }))];
  const { remaining } = applyPatches({}, operations, rules, "listed");
  if (remaining !== undefined) store.setRemaining(plan, keyId, atMs, remaining);
}

function count(value: string): number {
  if (!/^\d+$/.test(value)) throw badRequest("Invalid value for remaining: it must be a non-negative integer");
  return Number(value);
}
