import { HandlerError } from "../../cloudformation/engine/failure.ts";
import { defineProvider, type ProviderContext } from "../../cloudformation/provider.ts";
import { describe, inRegion, isActive, type TableDescription, untilActive } from "./calls.ts";
import { createTable } from "./create-table.ts";
import { retyped } from "./definitions.ts";
import { globalTableComplaint } from "./global-table-checks.ts";
import { globalTableProperties, type GlobalTableValues, type ReplicaValues } from "./global-table-properties.ts";
import { removeTable } from "./remove-table.ts";
import { replicaTable } from "./replica-table.ts";
import { addReplica, removeReplica, updateReplica } from "./replicas.ts";
import { updateProtection, updateTable } from "./update-table.ts";

const isOwn =
  ({ region }: ProviderContext) =>
  ({ Region }: ReplicaValues): boolean =>
    Region === region;

/** The replica of the stack's own region: it is made first, and changed for all. @throws HandlerError where there is none */
function ownReplica(ctx: ProviderContext, { Replicas }: GlobalTableValues): ReplicaValues {
  const own = Replicas.find(isOwn(ctx));
  if (own !== undefined) return own;
  throw new HandlerError(
    "InvalidRequest",
    "Invalid request provided: The Replicas section must contain an entry for the current region",
  );
}

const othersOf = (ctx: ProviderContext, { Replicas }: GlobalTableValues): ReplicaValues[] => {
  const own = isOwn(ctx);
  return Replicas.filter((replica) => !own(replica));
};

/** What DynamoDB has no way to change. @throws HandlerError */
function checkTypes(present: TableDescription | undefined, { AttributeDefinitions }: GlobalTableValues): void {
  const edited = retyped(present?.AttributeDefinitions, AttributeDefinitions);
  if (edited === undefined) return;
  throw new HandlerError("InvalidRequest", `Cannot change the type of the attribute ${edited.AttributeName}`);
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html */
export const globalTable = defineProvider({
  type: "AWS::DynamoDB::GlobalTable",
  properties: globalTableProperties,
  attributes: ["Arn", "StreamArn", "TableId"],
  name: { property: "TableName", maxLength: 255 },
  check: globalTableComplaint,

  find: async (ctx, _properties, name) => (await describe(ctx, name)) && name,

  async create(ctx, given, name) {
    const own = replicaTable(given, ownReplica(ctx, given));
    const others = othersOf(ctx, given).map((replica) => [replica.Region, replicaTable(given, replica)] as const);
    await createTable(ctx, own, name);
    for (const [region, table] of others) {
      await addReplica(ctx, name, region, { ...table, DeletionProtectionEnabled: false });
    }
    for (const [region, table] of [[ctx.region, own] as const, ...others]) {
      await updateProtection(inRegion(ctx, region), name, { KeySchema: own.KeySchema }, table);
    }
    return name;
  },

  // before may be what a failed update was to make: what there is is asked of the table
  async update(ctx, name, before, after) {
    const to = replicaTable(after, ownReplica(ctx, after));
    const from = replicaTable(before, before.Replicas.find(isOwn(ctx)) ?? { Region: ctx.region });
    await untilActive(ctx, name);
    const present = (await describe(ctx, name))?.Table;
    checkTypes(present, after);
    const there = new Set(present?.Replicas?.map(({ RegionName = "" }) => RegionName));
    const old = new Map(othersOf(ctx, before).map((replica) => [replica.Region, replica]));
    const next = othersOf(ctx, after);
    const removed = [...old.keys()].filter(
      (region) => there.has(region) && !next.some((each) => each.Region === region),
    );
    const added = next.filter(({ Region }) => !there.has(Region));
    if (removed.length + added.length > 1) {
      throw new HandlerError("InvalidRequest", "Cannot add or delete more than one replica in a single update");
    }
    for (const region of removed) await removeReplica(ctx, name, region);
    await updateTable(ctx, name, from, to);
    const kept = next.filter(({ Region }) => old.has(Region) && there.has(Region));
    for (const replica of kept) {
      const was = old.get(replica.Region) ?? replica;
      await updateReplica(ctx, name, replica.Region, replicaTable(before, was), replicaTable(after, replica));
    }
    for (const replica of next.filter((each) => !kept.includes(each))) {
      await addReplica(ctx, name, replica.Region, replicaTable(after, replica));
    }
  },

  async remove(ctx, name) {
    let table: TableDescription | undefined;
    await ctx.waitUntil(`table ${name} to come to rest`, async () => {
      table = (await describe(ctx, name))?.Table;
      return table === undefined || table.TableStatus === "DELETING" || isActive(table);
    });
    for (const { RegionName = "" } of table?.Replicas ?? []) await removeReplica(ctx, name, RegionName);
    await removeTable(ctx, name);
  },

  async read(ctx, name) {
    const {
      TableArn = "",
      TableId = "",
      LatestStreamArn,
      StreamSpecification,
    } = (await describe(ctx, name))?.Table ?? {};
    return { Arn: TableArn, TableId, ...(StreamSpecification && LatestStreamArn && { StreamArn: LatestStreamArn }) };
  },
});
