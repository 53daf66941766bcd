import type { InputOf } from "../../emulator/model/sdk.ts";
import { ofIndex, onDemandLimitsOf, requestedWarm, warmThroughputOf } from "./capacity-settings.ts";
import { indexNotFound, invalidParameter, limitExceeded, validationError } from "./errors.ts";
import type { KeyAttribute } from "./expressions/index.ts";
import { keyAttributes, keyNames, type Index, type Keys, type Table, type Throughput } from "./model.ts";
import {
  attributeTypesOf,
  checkIndexes,
  checkIndexThroughput,
  keysNotDefined,
  keysOf,
  MOST_KEY_ATTRIBUTES,
  projectionOf,
  throughputOf,
  type AttributeTypes,
} from "./table-schema.ts";

export type UpdateTableInput = InputOf<"dynamodb", "UpdateTable">;
type IndexUpdate = NonNullable<UpdateTableInput["GlobalSecondaryIndexUpdates"]>[number];

/** @throws AwsError ValidationException */
export function checkThroughputFits(billingMode: string | undefined, throughput: unknown): void {
  if (billingMode === "PAY_PER_REQUEST" && throughput !== undefined) {
    throw invalidParameter(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  }
}

/** The table with its new billing mode and throughput. @throws AwsError ValidationException */
export function withBilling(table: Table, input: UpdateTableInput, now: number): Table {
  const mode = input.BillingMode ?? table.billingMode;
  checkThroughputFits(mode, input.ProvisionedThroughput);
  if (mode === "PAY_PER_REQUEST") {
    return table.billingMode === mode ? table : toPayPerRequest(table, now);
  }
  if (table.billingMode === "PAY_PER_REQUEST") checkAllIndexesProvisioned(table, input);
  const throughput =
    input.ProvisionedThroughput === undefined
      ? table.throughput
      : changed(table.throughput, throughputOf(input.ProvisionedThroughput), now);
  // limits are those of on-demand tables
  const indexes = table.indexes.map((index): Index => (index.onDemand ? { ...index, onDemand: undefined } : index));
  return { ...table, billingMode: "PROVISIONED", throughput, indexes };
}

function toPayPerRequest(table: Table, now: number): Table {
  const none: Throughput = {
    readUnits: 0,
    writeUnits: 0,
    decreasesToday: table.throughput.decreasesToday + 1,
    lastDecreaseAt: now,
  };
  const indexes = table.indexes.map((index): Index =>
    index.kind === "local" ? index : { ...index, throughput: none },
  );
  return {
    ...table,
    billingMode: "PAY_PER_REQUEST",
    billingModeSet: true,
    payPerRequestSince: now,
    throughput: none,
    indexes,
  };
}

function checkAllIndexesProvisioned(table: Table, input: UpdateTableInput): void {
  const given = new Set(input.GlobalSecondaryIndexUpdates?.map(({ Update }) => Update?.IndexName));
  const left = table.indexes.filter((index) => index.kind === "global" && !given.has(index.name));
  if (left.length > 0) {
    throw invalidParameter(
      `ProvisionedThroughput must be specified for index: ${left.map((index) => index.name).join(",")}`,
    );
  }
}

/** @throws AwsError ValidationException, when nothing changes */
function changed(from: Throughput, to: Throughput, now: number): Throughput {
  const reads = to.readUnits - from.readUnits;
  const writes = to.writeUnits - from.writeUnits;
  if (reads === 0 && writes === 0) {
    throw validationError(
      "The provisioned throughput for the table will not change. The requested value equals the current value. " +
        `Current ReadCapacityUnits provisioned for the table: ${from.readUnits}. ` +
        `Requested ReadCapacityUnits: ${to.readUnits}. ` +
        `Current WriteCapacityUnits provisioned for the table: ${from.writeUnits}. ` +
        `Requested WriteCapacityUnits: ${to.writeUnits}. ` +
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    );
  }
  const decreases = reads < 0 || writes < 0;
  return {
    ...from,
    readUnits: to.readUnits,
    writeUnits: to.writeUnits,
    decreasesToday: from.decreasesToday + (decreases ? 1 : 0),
    ...((reads > 0 || writes > 0) && { lastIncreaseAt: now }),
    ...(decreases && { lastDecreaseAt: now }),
  };
}

/** The table with its global indexes created, changed and deleted. @throws AwsError ValidationException, ResourceNotFoundException */
export function withIndexUpdates(
  table: Table,
  input: UpdateTableInput,
  now: number,
  allocateSpace: () => number,
): Table {
  const updates = input.GlobalSecondaryIndexUpdates ?? [];
  if (updates.length === 0) return table;
  const given = attributeTypesOf(input.AttributeDefinitions ?? []);
  let next = table;
  for (const update of updates) {
    if (update.Create !== undefined) next = withCreated(next, update.Create, given, allocateSpace);
    if (update.Update !== undefined) next = withChanged(next, update.Update, now);
    if (update.Delete !== undefined) next = withDeleted(next, update.Delete.IndexName);
  }
  return { ...next, attributeTypes: usedTypes(next) };
}

function withCreated(
  table: Table,
  create: NonNullable<IndexUpdate["Create"]>,
  given: AttributeTypes,
  allocateSpace: () => number,
): Table {
  const name = create.IndexName;
  if (table.indexes.some((index) => index.name === name)) {
    throw validationError(`Attempting to create an index which already exists: ${name}`);
  }
  if (table.indexes.some((index) => index.status === "CREATING" || index.status === "DELETING")) {
    throw limitExceeded(
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
  }
  checkDefinedAgain(create, given);
  const keys = keysOf(create.KeySchema, given, MOST_KEY_ATTRIBUTES);
  checkSameTypes(table, keys);
  const projection = projectionOf(create.Projection);
  checkIndexThroughput(name, create.ProvisionedThroughput, table.billingMode === "PAY_PER_REQUEST");
  const throughput = throughputOf(create.ProvisionedThroughput);
  const { billingMode } = table;
  const index: Index = {
    name,
    kind: "global",
    keys,
    projection,
    throughput,
    onDemand: onDemandLimitsOf(create.OnDemandThroughput, ofIndex(name), billingMode),
    warm: requestedWarm(create.WarmThroughput, ofIndex(name), { billingMode, throughput }),
    status: "CREATING",
    space: allocateSpace(),
  };
  checkIndexes([...table.indexes, index]);
  return {
    ...table,
    attributeTypes: { ...table.attributeTypes, ...Object.fromEntries(typesOf(keys)) },
    indexes: [...table.indexes, index],
  };
}

/** Also attributes that the table knows have to be defined by the request. @throws AwsError ValidationException */
function checkDefinedAgain({ KeySchema }: NonNullable<IndexUpdate["Create"]>, given: AttributeTypes): void {
  const names = KeySchema.map(({ AttributeName }) => AttributeName);
  if (names.some((name) => !Object.hasOwn(given, name))) throw keysNotDefined(names, Object.keys(given));
}

const typesOf = (keys: Keys) => new Map(keyAttributes(keys).map(({ name, type }) => [name, type]));

/** An attribute has one type in all keys of a table. @throws AwsError ValidationException */
function checkSameTypes(table: Table, keys: Keys): void {
  const types = typesOf(keys);
  const other = [table.keys, ...table.indexes.map((index) => index.keys)].find((existing) =>
    keyAttributes(existing).some(({ name, type }) => (types.get(name) ?? type) !== type),
  );
  if (other === undefined) return;
  throw invalidParameter(
    "Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. " +
      `Existing schema: ${schemaText(other)} New schema: ${schemaText(keys)}`,
  );
}

function schemaText({ partition, sort }: Keys): string {
  const elements = (attributes: readonly KeyAttribute[], kind: string) =>
    attributes.map(({ name, type }) => `SchemaElement: key{${name}:${type}:${kind}}`);
  return `Schema:[${[...elements(partition, "HASH"), ...elements(sort, "RANGE")].join(", ")}]`;
}

function withChanged(table: Table, update: NonNullable<IndexUpdate["Update"]>, now: number): Table {
  const index = globalIndex(table, update.IndexName);
  const { billingMode } = table;
  const of = ofIndex(index.name);
  checkThroughputFits(billingMode, update.ProvisionedThroughput);
  const from = index.throughput ?? { readUnits: 0, writeUnits: 0, decreasesToday: 0 };
  const throughput =
    update.ProvisionedThroughput === undefined ? from : changed(from, throughputOf(update.ProvisionedThroughput), now);
  const onDemand = onDemandLimitsOf(update.OnDemandThroughput, of, billingMode, index);
  const before = warmThroughputOf({ ...index, billingMode });
  const warm = requestedWarm(update.WarmThroughput, of, { billingMode, throughput }, before) ?? index.warm;
  const status = index.status === "ACTIVE" ? "UPDATING" : index.status;
  return withIndex(table, { ...index, throughput, onDemand, warm, status });
}

const withDeleted = (table: Table, name: string): Table =>
  withIndex(table, { ...globalIndex(table, name), status: "DELETING" });

function globalIndex(table: Table, name: string): Index {
  const index = table.indexes.find((one) => one.name === name && one.status !== "DELETING");
  if (index === undefined) throw indexNotFound(name, table.name);
  if (index.kind !== "global") throw invalidParameter(`The index is not a global secondary index: ${name}`);
  return index;
}

const withIndex = (table: Table, index: Index): Table => ({
  ...table,
  indexes: table.indexes.map((one) => (one.name === index.name ? index : one)),
});

/** Definitions of attributes that no key has any more go with the index that had them. */
function usedTypes(table: Table): Table["attributeTypes"] {
  const remaining = table.indexes.filter((index) => index.status !== "DELETING");
  const used = new Set([table.keys, ...remaining.map((index) => index.keys)].flatMap(keyNames));
  return Object.fromEntries(Object.entries(table.attributeTypes).filter(([name]) => used.has(name)));
}
