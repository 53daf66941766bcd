import type { CreateUsagePlanRequest, QuotaSettings, ThrottleSettings } from "@aws-sdk/client-api-gateway";
import { badRequest, notFound } from "./errors.ts";
import type { PlanStage, Quota, Throttle } from "./model.ts";
import type { ApiGatewayStore } from "./store.ts";

/** @throws BadRequestException */
export function throttleOf({ burstLimit, rateLimit }: ThrottleSettings): Throttle {
  if (burstLimit !== undefined && !(burstLimit >= 0)) throw badRequest("Throttle burst limit must be non-negative");
  if (rateLimit !== undefined && !(rateLimit >= 0)) throw badRequest("Throttle rate limit must be non-negative");
  return { burstLimit: burstLimit ?? 0, rateLimit: rateLimit ?? 0 };
}

const LARGEST_OFFSET = { DAY: 0, WEEK: 6, MONTH: 27 } as const;

/** @throws BadRequestException */
export function quotaOf({ limit, offset = 0, period }: QuotaSettings): Quota {
  if (limit === undefined || !(limit >= 1) || !Number.isInteger(limit))
    throw badRequest("Usage Plan quota limit must be greater than 0");
  if (period !== "DAY" && period !== "WEEK" && period !== "MONTH") {
    throw badRequest("Invalid quota period specified. Must be one of: [DAY, WEEK, MONTH]");
  }
  if (!Number.isInteger(offset) || offset < 0 || offset > LARGEST_OFFSET[period]) {
    throw badRequest(
      `Usage Plan quota offset must be between 0 and ${LARGEST_OFFSET[period]} for the period ${period}`,
    );
  }
  return { limit, offset, period };
}

/** @throws BadRequestException, NotFoundException */
export function stagesOf(
  store: ApiGatewayStore,
  name: string,
  given: NonNullable<CreateUsagePlanRequest["apiStages"]>,
): PlanStage[] {
  return given.map(({ apiId = "", stage = "", throttle }) => {
    if (apiId === "" || stage === "") {
      throw badRequest(`Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${name}`);
    }
    requireStageExists(store, apiId, stage);
    const byMethod = Object.entries(throttle ?? {}).map(([method, limits]) => [method, throttleOf(limits)] as const);
    return { apiId, stage, ...(byMethod.length > 0 && { throttle: Object.fromEntries(byMethod) }) };
  });
}

/** @throws NotFoundException */
export function requireStageExists(store: ApiGatewayStore, apiId: string, stage: string): void {
  if (!store.stage(apiId, stage)) throw notFound(`API Stage not found: ${apiId}:${stage}`);
}
