import type { PlanStage, Throttle, UsagePlan } from "../model.ts";
import type { ApiGatewayStore } from "../store.ts";
import { invalidApiKey, quotaExceeded, throttled } from "./gateway-error.ts";
import type { Invocation } from "./invocation.ts";
import type { Throttles } from "./throttle.ts";

/** Of an account in a region. */
const ACCOUNT_LIMIT: Required<Throttle> = { rateLimit: 10_000, burstLimit: 5_000 };

interface PlannedKey {
  readonly keyId: string;
  readonly plan: UsagePlan;
  readonly stage: PlanStage;
}

/**
 * Whether a request has a key where its method needs one, and is within the limits of the key, the method and the account.
 * @throws GatewayError Forbidden, Too Many Requests, Limit Exceeded
 */
export function admit(invocation: Invocation, store: ApiGatewayStore, throttles: Throttles): void {
  const planned = invocation.method.apiKeyRequired ? checkKey(invocation, store) : undefined;
  if (!throttles.admit(limitsOf(invocation, planned))) throw throttled();
  if (planned && !store.countRequest(planned.plan, planned.keyId, invocation.startedAt)) throw quotaExceeded();
}

function checkKey(invocation: Invocation, store: ApiGatewayStore): PlannedKey | undefined {
  const { api, request, stageName, context, log } = invocation;
  const given =
    api.definition.apiKeySource === "AUTHORIZER" ? invocation.usageIdentifierKey : request.headers.get("x-api-key");
  const key = given === undefined ? undefined : store.keyByValue(given);
  if (given === undefined || !key?.enabled) {
    log.error("API Key was not authorized: no enabled API Key of this value");
    throw invalidApiKey();
  }
  context.identity["apiKey"] = given;
  context.identity["apiKeyId"] = key.id;
  for (const plan of store.plansOf(key.id)) {
    const stage = plan.apiStages.find((place) => place.apiId === api.apiId && place.stage === stageName);
    if (!stage) continue;
    log.info(() => `API Key authorized because it is in the Usage Plan ${plan.id}`);
    return { keyId: key.id, plan, stage };
  }
  if (key.stageKeys.includes(`${api.apiId}/${stageName}`)) return undefined;
  log.error("API Key was not authorized: it belongs to no Usage Plan of this stage");
  throw invalidApiKey();
}

function limitsOf(invocation: Invocation, planned: PlannedKey | undefined): { key: string; limit: Throttle }[] {
  const { api, scope, stageName, settings, resource, method } = invocation;
  const place = `${api.apiId}/${stageName}${resource.path}/${method.httpMethod}`;
  const limits = [{ key: `account ${scope.account}/${scope.region}`, limit: ACCOUNT_LIMIT as Throttle }];
  const [rateLimit, burstLimit] = [inForce(settings.throttlingRateLimit), inForce(settings.throttlingBurstLimit)];
  if (rateLimit !== undefined || burstLimit !== undefined) {
    limits.push({
      key: `method ${place}`,
      limit: { ...(rateLimit !== undefined && { rateLimit }), ...(burstLimit !== undefined && { burstLimit }) },
    });
  }
  if (!planned) return limits;
  const { plan, keyId, stage } = planned;
  const own = methodThrottle(stage, resource.path, method.httpMethod, invocation.request.httpMethod);
  if (own) limits.push({ key: `plan ${plan.id}/${keyId} ${place}`, limit: own });
  else if (plan.throttle) limits.push({ key: `plan ${plan.id}/${keyId}`, limit: plan.throttle });
  return limits;
}

/** -1 takes a throttle away. */
const inForce = (limit: number | undefined): number | undefined => (limit === -1 ? undefined : limit);

function methodThrottle({ throttle = {} }: PlanStage, path: string, ...methods: string[]): Throttle | undefined {
  for (const method of methods) {
    const found = throttle[`${path}/${method}`] ?? throttle[`${path.replace(/\/$/, "")}/${method}`];
    if (found) return found;
  }
  return undefined;
}
