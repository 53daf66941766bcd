import { badRequest } from "./errors.ts";
import type { PlanStage, Quota, Throttle, UsagePlan } from "./model.ts";
import { orUndefined, replaces, type PatchRule } from "./patch.ts";
import type { ApiGatewayStore } from "./store.ts";
import { requireStageExists, throttleOf } from "./usage-plan.ts";

const STAGE = "/apiStages/<apidId:stageName>";

function number(value: string | undefined): number {
  const parsed = Number(value);
  if (value === undefined || value === "" || !Number.isFinite(parsed)) {
    throw badRequest(`Invalid number specified: ${value ?? ""}`);
  }
  return parsed;
}

/** Bursts are counted, rates measured. */
const limitOf = (member: keyof Throttle, value: string | undefined): number =>
  member === "burstLimit" ? Math.trunc(number(value)) : number(value);

const isStage = (name: string) => (stage: PlanStage) => `${stage.apiId}:${stage.stage}` === name;

/** Changes the stage of a plan that a path names. @throws BadRequestException */
function changeStage(plan: UsagePlan, name: string, change: (stage: PlanStage) => PlanStage): UsagePlan {
  if (!plan.apiStages.some(isStage(name))) throw badRequest("Invalid API Stage specified");
  return { ...plan, apiStages: plan.apiStages.map((stage) => (isStage(name)(stage) ? change(stage) : stage)) };
}

const limit = (member: keyof Throttle): PatchRule<UsagePlan>[] => [
  {
    path: `/throttle/${member}`,
    ops: ["replace", "add"],
    apply: (plan, { value }) => ({
      ...plan,
      throttle: throttleOf({ ...plan.throttle, [member]: limitOf(member, value) }),
    }),
  },
  {
    path: `${STAGE}/throttle/<resourcePath>/<httpMethod>/${member}`,
    ops: ["replace", "add"],
    apply: (plan, { value, keys: [name = "", path = "", method = ""] }) =>
      changeStage(plan, name, (stage) => {
        const key = `${path}/${method}`;
        const limits = throttleOf({ ...stage.throttle?.[key], [member]: limitOf(member, value) });
        return { ...stage, throttle: { ...stage.throttle, [key]: limits } };
      }),
  },
];

const quota = (member: keyof Quota, read: (value: string | undefined) => number | string): PatchRule<UsagePlan> => ({
  path: `/quota/${member}`,
  ops: ["replace", "add"],
  apply: (plan, { value }) => ({
    ...plan,
    // one member of a new quota comes after the other
    quota: { limit: 1, offset: 0, period: "DAY", ...plan.quota, [member]: read(value) },
  }),
});

const removed = (member: "quota" | "throttle" | "productCode"): PatchRule<UsagePlan> => ({
  path: `/${member}`,
  ops: ["remove"],
  apply: ({ [member]: _gone, ...plan }) => plan,
});

/** What UpdateUsagePlan takes. */
export const planRules = (store: ApiGatewayStore): readonly PatchRule<UsagePlan>[] => [
  replaces("/name", (name) => {
    if (name.trim() === "") throw badRequest("Usage Plan name cannot be blank");
    return { name };
  }),
  replaces("/description", (description) => ({ description: orUndefined(description) })),
  replaces("/productCode", (productCode) => ({ productCode: orUndefined(productCode) })),
  {
    path: "/apiStages",
    ops: ["add", "remove"],
    apply(plan, { op, value = "" }) {
      const [apiId = "", stage = ""] = value.split(":");
      const others = plan.apiStages.filter((other) => !isStage(value)(other));
      if (op === "remove") {
        if (others.length === plan.apiStages.length) throw badRequest("Invalid API Stage specified");
        return { ...plan, apiStages: others };
      }
      requireStageExists(store, apiId, stage);
      return { ...plan, apiStages: [...others, { apiId, stage }] };
    },
  },
  removed("quota"),
  removed("throttle"),
  removed("productCode"),
  quota("limit", number),
  quota("offset", number),
  quota("period", (value) => value ?? ""),
  ...limit("burstLimit"),
  ...limit("rateLimit"),
  {
    path: `${STAGE}/throttle/<resourcePath>/<httpMethod>`,
    ops: ["remove"],
    apply: (plan, { keys: [name = "", path = "", method = ""] }) =>
      changeStage(plan, name, (stage) => {
        const { [`${path}/${method}`]: _gone, ...throttle } = stage.throttle ?? {};
        return { ...stage, throttle };
      }),
  },
  {
    path: `${STAGE}/throttle`,
    ops: ["remove"],
    apply: (plan, { keys: [name = ""] }) => changeStage(plan, name, ({ apiId, stage }) => ({ apiId, stage })),
  },
];
