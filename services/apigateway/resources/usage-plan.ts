import type { PatchOperation } from "@aws-sdk/client-api-gateway";
import {
  choice,
  decimal,
  integer,
  list,
  map,
  object,
  readOnly,
  replaces,
  required,
  tags,
  text,
} from "../../cloudformation/properties.ts";
import type { Values } from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, tagMap, unless } from "../../cloudformation/provider.ts";
import { arnOf, changed, escaped, given, GONE, setTags } from "./shared.ts";

const throttle = () => object({ BurstLimit: integer({ min: 0 }), RateLimit: decimal() });

const planProperties = {
  UsagePlanName: text(),
  Description: text(),
  ApiStages: list(object({ ApiId: text(), Stage: text(), Throttle: map(throttle()) })),
  Quota: object({ Limit: integer({ min: 0 }), Offset: integer({ min: 0 }), Period: choice("DAY", "WEEK", "MONTH") }),
  Throttle: throttle(),
  Tags: tags(),
  Id: readOnly(),
} as const;

type PlanValues = Values<typeof planProperties>;
type StageValues = NonNullable<PlanValues["ApiStages"]>[number];

const stageName = ({ ApiId = "", Stage = "" }: StageValues): string => `${ApiId}:${Stage}`;

const throttleOf = (limits: { BurstLimit?: number; RateLimit?: number }) =>
  given({ burstLimit: limits.BurstLimit, rateLimit: limits.RateLimit });

/** A stage is taken out and put in again where its limits differ. */
function stagePatches(before: readonly StageValues[], after: readonly StageValues[]): PatchOperation[] {
  const same = (a: StageValues) => (b: StageValues) => JSON.stringify(a) === JSON.stringify(b);
  return [
    ...before
      .filter((stage) => !after.some(same(stage)))
      .map((stage) => ({ op: "remove" as const, path: "/apiStages", value: stageName(stage) })),
    ...after
      .filter((stage) => !before.some(same(stage)))
      .flatMap((stage) => [
        { op: "add" as const, path: "/apiStages", value: stageName(stage) },
        ...Object.entries(stage.Throttle ?? {}).flatMap(([key, { BurstLimit, RateLimit }]) => {
          const at = key.lastIndexOf("/");
          const prefix = `/apiStages/${stageName(stage)}/throttle/${escaped(key.slice(0, at))}/${key.slice(at + 1)}`;
          return [
            { op: "replace" as const, path: `${prefix}/burstLimit`, value: String(BurstLimit ?? 0) },
            { op: "replace" as const, path: `${prefix}/rateLimit`, value: String(RateLimit ?? 0) },
          ];
        }),
      ]),
  ];
}

const limits = ({ Throttle: limit, Quota: quota }: PlanValues) => ({
  ...(limit && { "/throttle/burstLimit": limit.BurstLimit ?? 0, "/throttle/rateLimit": limit.RateLimit ?? 0 }),
  ...(quota && { "/quota/limit": quota.Limit ?? 0, "/quota/offset": quota.Offset ?? 0, "/quota/period": quota.Period }),
});

const update = (ctx: ProviderContext, usagePlanId: string, patchOperations: PatchOperation[]) =>
  ctx.call("apigateway", "UpdateUsagePlan", { usagePlanId, patchOperations });

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-usageplan.html */
export const usagePlan = defineProvider({
  type: "AWS::ApiGateway::UsagePlan",
  properties: planProperties,
  attributes: ["Id"],
  name: { property: "UsagePlanName", maxLength: 128 },

  systemTagged: (ctx, id) => arnOf(ctx, `usageplans/${id}`),

  // names of plans need not be unique
  find: async () => undefined,

  async create(ctx, values, name) {
    const { id = "" } = await ctx.call("apigateway", "CreateUsagePlan", {
      name,
      ...given({
        description: values.Description,
        throttle: values.Throttle && throttleOf(values.Throttle),
        quota:
          values.Quota &&
          given({ limit: values.Quota.Limit, offset: values.Quota.Offset, period: values.Quota.Period }),
        apiStages: values.ApiStages?.map(({ ApiId, Stage, Throttle: byMethod = {} }) =>
          given({
            apiId: ApiId,
            stage: Stage,
            throttle: Object.fromEntries(Object.entries(byMethod).map(([key, limit]) => [key, throttleOf(limit)])),
          }),
        ),
      }),
      ...(values.Tags?.length && { tags: tagMap(values.Tags) }),
    });
    ctx.created(id);
    return id;
  },

  async update(ctx, id, before, after) {
    await update(ctx, id, [
      ...(before.UsagePlanName !== after.UsagePlanName && after.UsagePlanName !== undefined
        ? [{ op: "replace" as const, path: "/name", value: after.UsagePlanName }]
        : []),
      ...changed({ "/description": before.Description }, { "/description": after.Description }),
      ...(before.Throttle && !after.Throttle ? [{ op: "remove" as const, path: "/throttle" }] : []),
      ...(before.Quota && !after.Quota ? [{ op: "remove" as const, path: "/quota" }] : []),
      ...changed(limits(before), limits(after)),
      ...stagePatches(before.ApiStages ?? [], after.ApiStages ?? []),
    ]);
    await setTags(ctx, `usageplans/${id}`, before.Tags, after.Tags);
  },

  async remove(ctx, usagePlanId) {
    const plan = await unless(ctx.call("apigateway", "GetUsagePlan", { usagePlanId }), GONE);
    if (!plan) return;
    const stages = (plan.apiStages ?? []).map(({ apiId = "", stage = "" }) => `${apiId}:${stage}`);
    await update(
      ctx,
      usagePlanId,
      stages.map((value) => ({ op: "remove" as const, path: "/apiStages", value })),
    );
    await unless(ctx.call("apigateway", "DeleteUsagePlan", { usagePlanId }), GONE);
  },

  read: async (_ctx, id) => ({ Id: id }),
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-usageplankey.html */
export const usagePlanKey = defineProvider({
  type: "AWS::ApiGateway::UsagePlanKey",
  properties: {
    KeyId: replaces(required(text())),
    KeyType: replaces(required(choice("API_KEY"))),
    UsagePlanId: replaces(required(text())),
    Id: readOnly(),
  },
  attributes: ["Id"],

  async find(ctx, { KeyId, UsagePlanId }) {
    const id = { usagePlanId: UsagePlanId, keyId: KeyId };
    return (await unless(ctx.call("apigateway", "GetUsagePlanKey", id), GONE)) && `${KeyId}:${UsagePlanId}`;
  },

  async create(ctx, { KeyId, KeyType, UsagePlanId }) {
    await ctx.call("apigateway", "CreateUsagePlanKey", { usagePlanId: UsagePlanId, keyId: KeyId, keyType: KeyType });
    ctx.created(`${KeyId}:${UsagePlanId}`);
    return `${KeyId}:${UsagePlanId}`;
  },

  // every property means a replacement
  async update() {},

  async remove(ctx, _id, { KeyId, UsagePlanId }) {
    await unless(ctx.call("apigateway", "DeleteUsagePlanKey", { usagePlanId: UsagePlanId, keyId: KeyId }), GONE);
  },

  read: async (_ctx, id) => ({ Id: id }),
});
