import type { ProviderContext } from "../../cloudformation/provider.ts";
import { updateBilling } from "./billing.ts";
import { describe, untilActive } from "./calls.ts";
import { updateContributorInsights } from "./contributor-insights.ts";
import { indexChanges, updateIndexes } from "./indexes.ts";
import { updateKinesisStream } from "./kinesis-stream.ts";
import { updatePolicy } from "./policy.ts";
import { presentTable } from "./present-table.ts";
import { updateRecovery } from "./recovery.ts";
import { updateSettings } from "./settings.ts";
import { updateStream, updateStreamOwn } from "./stream.ts";
import type { TableValues } from "./table-properties.ts";
import { updateTags } from "./tags.ts";

type Update = (ctx: ProviderContext, name: string, before: TableValues, after: TableValues) => Promise<void>;

/** Brings a table from what one template says of it to what another says. */
export const updateTable: Update = async (ctx, name, template, after) => {
  await untilActive(ctx, name);
  const before = await presentTable(ctx, name, template, after);
  const changes = await indexChanges(ctx, name, before, after);
  await updateBilling(ctx, name, before, after);
  const tableClass = after.TableClass ?? "STANDARD";
  if ((before.TableClass ?? "STANDARD") !== tableClass) {
    await ctx.call("dynamodb", "UpdateTable", { TableName: name, TableClass: tableClass });
    await untilActive(ctx, name);
  }
  await updateSettings(ctx, name, before, after);
  await updateStream(ctx, name, after.StreamSpecification?.StreamViewType);
  await updateIndexes(ctx, name, before, after, changes);
  await updateOwn(ctx, name, before, after);
};

/** What a replica has by itself; all else is shared with the other tables of its global table. */
export const updateOwn: Update = async (ctx, name, before, after) => {
  await updateContributorInsights(ctx, name, before, after);
  await updateKinesisStream(ctx, name, before.KinesisStreamSpecification, after.KinesisStreamSpecification);
  await updateStreamOwn(ctx, name, before.StreamSpecification, after.StreamSpecification);
  const ResourceArn = (await describe(ctx, name))?.Table?.TableArn ?? "";
  await updatePolicy(ctx, ResourceArn, before.ResourcePolicy, after.ResourcePolicy);
  await updateTags(ctx, ResourceArn, before.Tags, after.Tags);
  await updateRecovery(ctx, name, before, after);
  await updateProtection(ctx, name, before, after);
};

/** In the end: what a failure is to take back can still be deleted. */
export const updateProtection: Update = async (ctx, name, before, after) => {
  const isProtected = after.DeletionProtectionEnabled ?? false;
  if ((before.DeletionProtectionEnabled ?? false) === isProtected) return;
  await ctx.call("dynamodb", "UpdateTable", { TableName: name, DeletionProtectionEnabled: isProtected });
  await untilActive(ctx, name);
};
