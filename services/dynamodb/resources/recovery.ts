import { flag, integer, object, required, text, type Values } from "../../cloudformation/properties.ts";
import { sameValue, type ProviderContext } from "../../cloudformation/provider.ts";

export const timeToLive = object({ AttributeName: text({ min: 1, max: 255 }), Enabled: required(flag()) });

export const pointInTimeRecovery = object({
  PointInTimeRecoveryEnabled: flag(),
  RecoveryPeriodInDays: integer({ min: 1, max: 35 }),
});

type Settings = Values<{
  readonly TimeToLiveSpecification: typeof timeToLive;
  readonly PointInTimeRecoverySpecification: typeof pointInTimeRecovery;
}>;

/** Time to live and point-in-time recovery, which are there when the table is. */
export async function updateRecovery(
  ctx: ProviderContext,
  name: string,
  before: Settings,
  after: Settings,
): Promise<void> {
  await updateTimeToLive(ctx, name, after.TimeToLiveSpecification);
  const recovery = after.PointInTimeRecoverySpecification;
  if (sameValue(before.PointInTimeRecoverySpecification, recovery)) return;
  await ctx.call("dynamodb", "UpdateContinuousBackups", {
    TableName: name,
    PointInTimeRecoverySpecification: {
      PointInTimeRecoveryEnabled: recovery?.PointInTimeRecoveryEnabled ?? false,
      ...(recovery?.RecoveryPeriodInDays !== undefined && { RecoveryPeriodInDays: recovery.RecoveryPeriodInDays }),
    },
  });
}

/** Another attribute is refused by DynamoDB: time to live has to be off for an hour before. */
async function updateTimeToLive(
  ctx: ProviderContext,
  TableName: string,
  specification: Settings["TimeToLiveSpecification"],
): Promise<void> {
  const { TimeToLiveDescription } = await ctx.call("dynamodb", "DescribeTimeToLive", { TableName });
  const { TimeToLiveStatus, AttributeName } = TimeToLiveDescription ?? {};
  const isOn = TimeToLiveStatus === "ENABLED" || TimeToLiveStatus === "ENABLING";
  const current = isOn ? AttributeName : undefined;
  const wanted = specification?.Enabled === true ? (specification.AttributeName ?? "") : undefined;
  if (current === wanted) return;
  await ctx.call("dynamodb", "UpdateTimeToLive", {
    TableName,
    TimeToLiveSpecification: { Enabled: wanted !== undefined, AttributeName: wanted ?? current ?? "" },
  });
}
