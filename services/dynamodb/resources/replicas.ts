import type { ProviderContext } from "../../cloudformation/provider.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { describe, inRegion, untilActive } from "./calls.ts";
import { byName } from "./definitions.ts";
import type { TableValues } from "./table-properties.ts";
import { updateOwn } from "./update-table.ts";

type ReplicaUpdate = NonNullable<InputOf<"dynamodb", "UpdateTable">["ReplicaUpdates"]>[number];
type Overrides = Omit<NonNullable<ReplicaUpdate["Update"]>, "RegionName">;

/** By the table of the stack's region. */
async function update(ctx: ProviderContext, TableName: string, change: ReplicaUpdate): Promise<void> {
  await ctx.call("dynamodb", "UpdateTable", { TableName, ReplicaUpdates: [change] });
  await untilActive(ctx, TableName);
}

const isThere = async (ctx: ProviderContext, name: string, region: string): Promise<boolean> =>
  (await describe(ctx, name))?.Table?.Replicas?.some(({ RegionName }) => RegionName === region) === true;

/** Makes a replica, and gives it what it has by itself. */
export async function addReplica(
  ctx: ProviderContext,
  name: string,
  RegionName: string,
  table: TableValues,
): Promise<void> {
  if (!(await isThere(ctx, name, RegionName))) await update(ctx, name, { Create: { RegionName } });
  await updateReplica(ctx, name, RegionName, { KeySchema: table.KeySchema }, table);
}

/** Deletes a replica, and waits until its table is gone. */
export async function removeReplica(ctx: ProviderContext, name: string, RegionName: string): Promise<void> {
  if (await isThere(ctx, name, RegionName)) await update(ctx, name, { Delete: { RegionName } });
  const there = inRegion(ctx, RegionName);
  await ctx.waitUntil(`table ${name} to be gone in ${RegionName}`, async () => !(await describe(there, name)));
}

/** Brings a replica from what one template says of it to what another says; what is shared, it has already. */
export async function updateReplica(
  ctx: ProviderContext,
  name: string,
  RegionName: string,
  before: TableValues,
  after: TableValues,
): Promise<void> {
  const there = inRegion(ctx, RegionName);
  const overrides = await overridesOf(there, name, before, after);
  if (Object.keys(overrides).length > 0) await update(ctx, name, { Update: { RegionName, ...overrides } });
  await updateOwn(there, name, before, after);
}

type Limit = { readonly MaxReadRequestUnits?: number | undefined } | undefined;

/** How a replica differs from what it is to be. A change of the others has come over it, too. */
async function overridesOf(
  there: ProviderContext,
  name: string,
  before: TableValues,
  after: TableValues,
): Promise<Overrides> {
  const { TableClassSummary, OnDemandThroughput, GlobalSecondaryIndexes } = (await describe(there, name))?.Table ?? {};
  // unless a template says so, it is of the class of the others
  const tableClass = after.TableClass ?? (before.TableClass && "STANDARD");
  const limit = limitOverride(OnDemandThroughput, after.OnDemandThroughput);
  const wanted = byName(after.GlobalSecondaryIndexes);
  const indexes = (GlobalSecondaryIndexes ?? []).flatMap(({ IndexName = "", OnDemandThroughput: now }) => {
    const override = limitOverride(now, wanted.get(IndexName)?.OnDemandThroughput);
    return override ? [{ IndexName, OnDemandThroughputOverride: override }] : [];
  });
  return {
    ...(tableClass &&
      tableClass !== (TableClassSummary?.TableClass ?? "STANDARD") && { TableClassOverride: tableClass }),
    ...(limit && { OnDemandThroughputOverride: limit }),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

/** A limit that is no longer there is taken away. */
const limitOverride = (now: Limit, wanted: Limit) =>
  now?.MaxReadRequestUnits === wanted?.MaxReadRequestUnits
    ? undefined
    : { MaxReadRequestUnits: wanted?.MaxReadRequestUnits ?? -1 };
