import { type ProviderContext, sameValue } from "../../cloudformation/provider.ts";
import { untilActive } from "./calls.ts";
import { byName } from "./definitions.ts";
import type { TableValues } from "./table-properties.ts";

export const billing = (values: TableValues) => values.BillingMode ?? "PROVISIONED";

/** Billing mode and throughput go together, and with the indexes' throughput when a table becomes PROVISIONED. */
export async function updateBilling(
  ctx: ProviderContext,
  name: string,
  before: TableValues,
  after: TableValues,
): Promise<void> {
  const changesMode = billing(before) !== billing(after);
  if (!changesMode && sameValue(before.ProvisionedThroughput, after.ProvisionedThroughput)) return;
  const old = byName(before.GlobalSecondaryIndexes);
  const resized = (after.GlobalSecondaryIndexes ?? []).filter(
    ({ IndexName, ProvisionedThroughput }) => changesMode && ProvisionedThroughput && old.has(IndexName),
  );
  await ctx.call("dynamodb", "UpdateTable", {
    TableName: name,
    ...(changesMode && { BillingMode: billing(after) }),
    ...(billing(after) === "PROVISIONED" &&
      after.ProvisionedThroughput && { ProvisionedThroughput: after.ProvisionedThroughput }),
    ...(billing(after) === "PROVISIONED" &&
      resized.length > 0 && {
        GlobalSecondaryIndexUpdates: resized.map(({ IndexName, ProvisionedThroughput }) => ({
          Update: { IndexName, ProvisionedThroughput },
        })),
      }),
  });
  await untilActive(ctx, name);
}
