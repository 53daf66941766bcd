import { type ProviderContext, sameValue } from "../../cloudformation/provider.ts";
import { billing } from "./billing.ts";
import { describe, type TableDescription } from "./calls.ts";
import { byName } from "./definitions.ts";
import type { IndexValues, TableValues } from "./table-properties.ts";

type Throughput = TableDescription["ProvisionedThroughput"];

/** What AWS::DynamoDB::Table says of what DynamoDB would refuse to set as it is. */
function declared(table: TableDescription): TableValues {
  const { BillingModeSummary, OnDemandThroughput, TableClassSummary, SSEDescription } = table;
  const BillingMode = BillingModeSummary?.BillingMode ?? "PROVISIONED";
  const throughput = (of: Throughput) =>
    BillingMode === "PROVISIONED"
      ? { ReadCapacityUnits: of?.ReadCapacityUnits ?? 0, WriteCapacityUnits: of?.WriteCapacityUnits ?? 0 }
      : undefined;
  return {
    KeySchema: (table.KeySchema ?? []) as TableValues["KeySchema"],
    BillingMode,
    ProvisionedThroughput: throughput(table.ProvisionedThroughput),
    OnDemandThroughput,
    TableClass: TableClassSummary?.TableClass,
    SSESpecification: { SSEEnabled: SSEDescription !== undefined },
    GlobalSecondaryIndexes: (table.GlobalSecondaryIndexes ?? []).map((index) => ({
      IndexName: index.IndexName ?? "",
      KeySchema: (index.KeySchema ?? []) as IndexValues["KeySchema"],
      Projection: index.Projection ?? {},
      ProvisionedThroughput: throughput(index.ProvisionedThroughput),
      OnDemandThroughput: index.OnDemandThroughput,
    })),
  };
}

/**
 * What a table is before an update. What the update does not change is as the template had it, whatever it is now; the rest is as
 * it is now: after an update that failed, the template before is one that was not carried out.
 */
export async function presentTable(
  ctx: ProviderContext,
  name: string,
  before: TableValues,
  after: TableValues,
): Promise<TableValues> {
  const now = declared((await describe(ctx, name))?.Table ?? {});
  const present = <M extends keyof TableValues>(member: M): TableValues[M] =>
    sameValue(before[member], after[member]) ? before[member] : now[member];
  const [old, next] = [byName(before.GlobalSecondaryIndexes), byName(after.GlobalSecondaryIndexes)];
  return {
    ...before,
    BillingMode: billing(before) === billing(after) ? billing(before) : billing(now),
    ProvisionedThroughput: present("ProvisionedThroughput"),
    OnDemandThroughput: present("OnDemandThroughput"),
    TableClass: present("TableClass"),
    SSESpecification: present("SSESpecification"),
    GlobalSecondaryIndexes: now.GlobalSecondaryIndexes?.flatMap((index): IndexValues[] => {
      // also what only the update has: it takes back one that failed before the index was gone
      const was = old.get(index.IndexName) ?? next.get(index.IndexName);
      if (was === undefined) return [];
      return [sameValue(was, next.get(index.IndexName)) ? was : { ...was, ...index }];
    }),
  };
}
