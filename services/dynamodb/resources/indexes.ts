import { HandlerError } from "../../cloudformation/engine/failure.ts";
import { type ProviderContext, sameValue } from "../../cloudformation/provider.ts";
import { billing } from "./billing.ts";
import { describe, untilActive } from "./calls.ts";
import { withoutInsights } from "./contributor-insights.ts";
import { byName } from "./definitions.ts";
import type { IndexValues, TableValues } from "./table-properties.ts";

/** What an update does to the set of a table's indexes. */
export interface IndexChanges {
  /** The names of those that there are before. */
  readonly existing: ReadonlySet<string>;
  readonly deleted: readonly string[];
  readonly added: readonly IndexValues[];
}

/** @throws HandlerError where it is more than one update may do */
export async function indexChanges(
  ctx: ProviderContext,
  name: string,
  before: TableValues,
  after: TableValues,
): Promise<IndexChanges> {
  const now = (await describe(ctx, name))?.Table?.GlobalSecondaryIndexes ?? [];
  const existing = new Set(now.map(({ IndexName = "" }) => IndexName));
  const old = byName(before.GlobalSecondaryIndexes);
  const next = byName(after.GlobalSecondaryIndexes);
  const deleted = [...old.keys()].filter((index) => !next.has(index) && existing.has(index));
  const added = [...next.values()].filter(({ IndexName }) => !existing.has(IndexName));
  if (deleted.length + added.length > 1) {
    throw new HandlerError(
      "InvalidRequest",
      "Cannot perform more than one GSI creation or deletion in a single update",
    );
  }
  return { existing, deleted, added };
}

/** Adds, removes and resizes global indexes: one a call, as DynamoDB has it. */
export async function updateIndexes(
  ctx: ProviderContext,
  name: string,
  before: TableValues,
  after: TableValues,
  { existing, deleted, added }: IndexChanges,
): Promise<void> {
  const old = byName(before.GlobalSecondaryIndexes);
  for (const index of after.GlobalSecondaryIndexes ?? []) {
    const was = old.get(index.IndexName);
    if (!was || !existing.has(index.IndexName)) continue;
    if (!sameValue(was.KeySchema, index.KeySchema) || !sameValue(was.Projection, index.Projection)) {
      throw new HandlerError(
        "InvalidRequest",
        "Cannot update GSI's properties other than Provisioned Throughput and Contributor Insights Specification. " +
          "You can create a new GSI with a different name.",
      );
    }
    // with the billing mode it was set already
    if (billing(before) !== billing(after)) continue;
    if (index.ProvisionedThroughput && !sameValue(was.ProvisionedThroughput, index.ProvisionedThroughput)) {
      const Update = { IndexName: index.IndexName, ProvisionedThroughput: index.ProvisionedThroughput };
      await ctx.call("dynamodb", "UpdateTable", { TableName: name, GlobalSecondaryIndexUpdates: [{ Update }] });
      await untilActive(ctx, name);
    }
  }
  for (const IndexName of deleted) {
    const Delete = { IndexName };
    await ctx.call("dynamodb", "UpdateTable", { TableName: name, GlobalSecondaryIndexUpdates: [{ Delete }] });
    await untilActive(ctx, name);
  }
  for (const Create of added) {
    await ctx.call("dynamodb", "UpdateTable", {
      TableName: name,
      AttributeDefinitions: after.AttributeDefinitions ?? [],
      GlobalSecondaryIndexUpdates: [{ Create: withoutInsights(Create) }],
    });
    await untilActive(ctx, name);
  }
}
