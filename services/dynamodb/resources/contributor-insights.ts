import { HandlerError } from "../../cloudformation/engine/failure.ts";
import { choice, flag, object, required, type Values } from "../../cloudformation/properties.ts";
import { sameValue, type ProviderContext } from "../../cloudformation/provider.ts";
import { byName } from "./definitions.ts";

export const contributorInsights = object({
  Enabled: required(flag()),
  Mode: choice("ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"),
});

type Specified = Values<{ readonly ContributorInsightsSpecification: typeof contributorInsights }>;
type Settings = Specified & {
  readonly GlobalSecondaryIndexes?: readonly (Specified & { readonly IndexName: string })[];
};

/** An index as DynamoDB is told of it. */
export const withoutInsights = <T extends Specified>({
  ContributorInsightsSpecification: _own,
  ...index
}: T): Omit<T, "ContributorInsightsSpecification"> => index;

/** Contributor insights of a table and of each of its global indexes, all of which are there. */
export async function updateContributorInsights(
  ctx: ProviderContext,
  TableName: string,
  before: Settings,
  after: Settings,
): Promise<void> {
  await update(ctx, { TableName }, before, after);
  const old = byName(before.GlobalSecondaryIndexes);
  for (const index of after.GlobalSecondaryIndexes ?? []) {
    const { IndexName } = index;
    await update(ctx, { TableName, IndexName }, old.get(IndexName) ?? {}, index);
  }
}

async function update(
  ctx: ProviderContext,
  subject: { readonly TableName: string; readonly IndexName?: string },
  { ContributorInsightsSpecification: before }: Specified,
  { ContributorInsightsSpecification: after }: Specified,
): Promise<void> {
  if (sameValue(before, after) || (before === undefined && after?.Enabled === false)) return;
  await ctx.call("dynamodb", "UpdateContributorInsights", {
    ...subject,
    ContributorInsightsAction: after?.Enabled === true ? "ENABLE" : "DISABLE",
    ...(after?.Enabled === true && after.Mode && { ContributorInsightsMode: after.Mode }),
  });
  await ctx.waitUntil(`contributor insights of ${subject.IndexName ?? subject.TableName} to settle`, async () => {
    const now = await ctx.call("dynamodb", "DescribeContributorInsights", subject);
    if (now.ContributorInsightsStatus === "FAILED") {
      throw new HandlerError("ServiceLimitExceeded", now.FailureException?.ExceptionDescription ?? "");
    }
    return now.ContributorInsightsStatus === "ENABLED" || now.ContributorInsightsStatus === "DISABLED";
  });
}
