import type { Context } from "../../../emulator/model/context.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { ofIndex, ofTable, onDemandLimitsOf } from "../capacity-settings.ts";
import { wantsManagedKey } from "../encryption.ts";
import { limitExceeded } from "../errors.ts";
import type { DynamoDbState } from "../index.ts";
import { keyNames, type Index, type OnDemandLimits, type Table } from "../model.ts";
import { checkTableName, tableArn } from "../table-name.ts";
import { keySchema } from "../table-description.ts";
import { projectionOf, throughputOf, type KeySchema } from "../table-schema.ts";
import { alreadyRestoring, invalidRequest, tableAlreadyExists } from "./errors.ts";
import type { Filling } from "./model.ts";

type Input = InputOf<"dynamodb", "RestoreTableFromBackup">;
export type Overrides = Pick<
  Input,
  | "TargetTableName"
  | "BillingModeOverride"
  | "GlobalSecondaryIndexOverride"
  | "LocalSecondaryIndexOverride"
  | "OnDemandThroughputOverride"
  | "ProvisionedThroughputOverride"
  | "SSESpecificationOverride"
>;
type GivenIndex = NonNullable<Overrides["GlobalSecondaryIndexOverride"]>[number];
type IndexSchema = Omit<Index, "space">;

const MOST_RESTORES = 50;

/** What of a restore needs nothing but the request. @throws AwsError ValidationException */
export function checkOverrides(scope: { account: string; region: string }, input: Overrides): void {
  checkTableName(input.TargetTableName, "targetTableName");
  wantsManagedKey(scope, input.SSESpecificationOverride);
  if (input.BillingModeOverride === "PAY_PER_REQUEST" && input.ProvisionedThroughputOverride !== undefined) {
    throw invalidRequest("Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST");
  }
  if (input.BillingModeOverride === "PROVISIONED" && input.ProvisionedThroughputOverride === undefined) {
    throw invalidRequest("Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED");
  }
}

/** @throws AwsError TableAlreadyExistsException, TableInUseException, LimitExceededException */
export function checkTarget({ store }: Context<DynamoDbState>, name: string): void {
  const there = store.findTable(name);
  if (there?.filling?.kind === "restore") {
    throw alreadyRestoring(name, there.filling.sourceBackupArn ?? there.filling.sourceTableArn);
  }
  if (there !== undefined) throw tableAlreadyExists(name);
  if (store.restores.count() >= MOST_RESTORES) {
    throw limitExceeded(`Only ${MOST_RESTORES} restore operations can be in progress at a time`);
  }
}

/**
 * Writes the table that is restored from another, and begins to fill it. It has the schema, the billing mode, the throughput and the
 * encryption of its source; not its stream, time to live, recovery, tags, class, deletion protection and policy.
 * @throws AwsError ValidationException
 */
export function restoreTable(ctx: Context<DynamoDbState>, source: Table, input: Overrides, filling: Filling): Table {
  const billing = billingOf(source, input);
  const onDemand = onDemandOf(source.onDemand, input.OnDemandThroughputOverride, ofTable, billing.billingMode);
  const indexes = [
    ...localIndexes(source, input.LocalSecondaryIndexOverride),
    ...globalIndexes(source, input.GlobalSecondaryIndexOverride, billing.billingMode),
  ];
  const used = new Set([source.keys, ...indexes.map((index) => index.keys)].flatMap(keyNames));
  const name = input.TargetTableName;
  const encryption = input.SSESpecificationOverride;
  const hasManagedKey = encryption === undefined ? source.hasManagedKey === true : wantsManagedKey(ctx, encryption);
  const restored = ctx.store.write((): Table => {
    const table: Table = {
      name,
      arn: tableArn(ctx, name),
      id: ctx.ids.uuid(),
      space: ctx.store.allocateSpace(),
      status: "CREATING",
      attributeTypes: Object.fromEntries(
        Object.entries(source.attributeTypes).filter(([attribute]) => used.has(attribute)),
      ),
      keys: source.keys,
      indexes: indexes.map((index) => ({ ...index, space: ctx.store.allocateSpace() })),
      ...billing,
      ...(hasManagedKey && { hasManagedKey }),
      ...(onDemand && { onDemand }),
      deletionProtection: false,
      createdAt: ctx.clock.now(),
      tags: {},
      filling,
    };
    ctx.store.putTable(table);
    return table;
  });
  ctx.store.restores.begin(restored);
  return restored;
}

/** What it takes at most on demand: as the source, unless told otherwise. @throws AwsError ValidationException */
function onDemandOf(
  kept: OnDemandLimits | undefined,
  given: Overrides["OnDemandThroughputOverride"],
  of: string,
  billingMode: Table["billingMode"],
): OnDemandLimits | undefined {
  if (given !== undefined) return onDemandLimitsOf(given, of, billingMode, {});
  return billingMode === "PAY_PER_REQUEST" ? kept : undefined;
}

function billingOf(source: Table, input: Overrides): Pick<Table, "billingMode" | "billingModeSet" | "throughput"> {
  const billingMode = input.BillingModeOverride ?? source.billingMode;
  const given = input.ProvisionedThroughputOverride;
  if (billingMode === "PAY_PER_REQUEST" && given !== undefined) {
    throw invalidRequest("Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED");
  }
  const kept = { readUnits: source.throughput.readUnits, writeUnits: source.throughput.writeUnits, decreasesToday: 0 };
  const throughput = billingMode === "PAY_PER_REQUEST" ? throughputOf(undefined) : given ? throughputOf(given) : kept;
  return {
    billingMode,
    billingModeSet: billingMode === "PAY_PER_REQUEST" || source.billingModeSet,
    throughput,
  };
}

function localIndexes(source: Table, overrides: Overrides["LocalSecondaryIndexOverride"]): IndexSchema[] {
  const existing = source.indexes.filter(({ kind }) => kind === "local");
  const chosen = overrides?.map((given) => ({ ...sourceOf(existing, given), name: given.IndexName })) ?? existing;
  return chosen.map(({ name, kind, keys, projection }) => ({ name, kind, keys, projection, status: "ACTIVE" }));
}

function globalIndexes(
  source: Table,
  overrides: Overrides["GlobalSecondaryIndexOverride"],
  billingMode: Table["billingMode"],
): IndexSchema[] {
  const existing = source.indexes.filter(({ kind, status }) => kind === "global" && status !== "DELETING");
  const chosen =
    overrides?.map((given) => {
      const { keys, projection, throughput, onDemand } = sourceOf(existing, given);
      const { IndexName: name, ProvisionedThroughput, OnDemandThroughput: most } = given;
      return { name, keys, projection, throughput, onDemand, given: ProvisionedThroughput, most };
    }) ?? existing.map((index) => ({ ...index, given: undefined, most: undefined }));
  return chosen.map(({ name, keys, projection, throughput, onDemand: keptOnDemand, given, most }) => {
    if (billingMode === "PAY_PER_REQUEST" && given !== undefined) {
      throw invalidRequest(
        `Cannot override ProvisionedThroughput for index ${name} if BillingMode is overridden to PAY_PER_REQUEST`,
      );
    }
    const wasProvisioned = source.billingMode === "PROVISIONED";
    if (billingMode === "PROVISIONED" && given === undefined && !wasProvisioned) {
      throw invalidRequest(`Must specify provisioned throughput for index ${name}`);
    }
    const onDemand = onDemandOf(keptOnDemand, most, ofIndex(name), billingMode);
    const kept = { readUnits: throughput?.readUnits ?? 0, writeUnits: throughput?.writeUnits ?? 0, decreasesToday: 0 };
    const units = billingMode === "PAY_PER_REQUEST" ? throughputOf(undefined) : given ? throughputOf(given) : kept;
    return {
      name,
      kind: "global",
      keys,
      projection,
      throughput: units,
      ...(onDemand && { onDemand }),
      status: "CREATING",
    };
  });
}

const shown = (schema: KeySchema): string =>
  schema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join("\n");

/** The index of the source that is meant: it may be given another name. @throws AwsError ValidationException */
function sourceOf(
  existing: readonly Index[],
  given: Pick<GivenIndex, "IndexName" | "KeySchema" | "Projection">,
): Index {
  const keys = shown(given.KeySchema);
  const projection = projectionOf(given.Projection);
  const same = (index: Index): boolean =>
    shown(keySchema(index.keys)) === keys &&
    index.projection.type === projection.type &&
    (index.projection.nonKeyAttributes ?? []).toSorted().join("\n") ===
      (projection.nonKeyAttributes ?? []).toSorted().join("\n");
  const found = existing.find((index) => index.name === given.IndexName && same(index)) ?? existing.find(same);
  if (found === undefined) {
    throw invalidRequest(
      `Index ${given.IndexName} does not match a secondary index that existed in the source table and cannot be ` +
        "created during the restore operation",
    );
  }
  return found;
}
