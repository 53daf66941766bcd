import type { Context } from "../../emulator/model/context.ts";
import type { InputOf } from "../../emulator/model/sdk.ts";
import { ofIndex, ofTable, onDemandLimitsOf, requestedWarm } from "./capacity-settings.ts";
import { wantsManagedKey } from "./encryption.ts";
import { failedConstraints, invalidParameter, refuse } from "./errors.ts";
import type { DynamoDbState } from "./index.ts";
import { keyNames, type Index, type Keys, type Table } from "./model.ts";
import {
  attributeTypesOf,
  checkAllDefined,
  checkIndexes,
  checkIndexThroughput,
  checkTableClass,
  keysOf,
  MOST_KEY_ATTRIBUTES,
  projectionOf,
  throughputOf,
  type AttributeTypes,
} from "./table-schema.ts";
import { checkTableName, tableArn, tableNameOf } from "./table-name.ts";
import { withTags, type Tags } from "./tags.ts";

/** CreateTable has them all, and ImportTable some of them. */
export type NewTableInput = InputOf<"dynamodb", "CreateTable">;
type Input = NewTableInput;
type IndexSchema = Pick<Index, "name" | "kind" | "keys" | "projection" | "throughput" | "onDemand" | "warm">;

const REFUSED = ["GlobalTableSourceArn", "GlobalTableSettingsReplicationMode", "VectorIndexes"] as const;

/** What a request says of a table that is to be made, when it has been found to be right. */
export interface CheckedTable {
  readonly name: string;
  readonly types: AttributeTypes;
  readonly keys: Keys;
  readonly indexes: readonly IndexSchema[];
  readonly tags: Tags;
}

/** @throws AwsError ValidationException */
export function checkNewTable(scope: { account: string; region: string }, input: Input): CheckedTable {
  const name = tableNameOf(scope, input.TableName);
  checkTableName(name);
  refuse(input, REFUSED);
  checkTableClass(input.TableClass);
  wantsManagedKey(scope, input.SSESpecification);
  settingsOf(input);
  return { name, ...schemaOf(input), tags: withTags({}, input.Tags ?? []) };
}

/** What a table has of its own, beside its schema. @throws AwsError ValidationException */
function settingsOf(input: Input): Pick<Table, "billingMode" | "throughput" | "onDemand" | "warm"> {
  const billingMode = input.BillingMode ?? "PROVISIONED";
  const throughput = throughputOf(input.ProvisionedThroughput);
  const onDemand = onDemandLimitsOf(input.OnDemandThroughput, ofTable, billingMode);
  const warm = requestedWarm(input.WarmThroughput, ofTable, { billingMode, throughput });
  return { billingMode, throughput, ...(onDemand && { onDemand }), ...(warm && { warm }) };
}

/** The table as it begins. To be called in the transaction that writes it. */
export function newTable(
  ctx: Pick<Context<DynamoDbState>, "account" | "region" | "ids" | "clock" | "store">,
  { name, types, keys, indexes, tags }: CheckedTable,
  input: Input,
): Table {
  return {
    name,
    arn: tableArn(ctx, name),
    id: ctx.ids.uuid(),
    space: ctx.store.allocateSpace(),
    status: "CREATING",
    attributeTypes: types,
    keys,
    indexes: indexes.map((index) => ({
      ...index,
      space: ctx.store.allocateSpace(),
      status: index.kind === "local" ? "ACTIVE" : "CREATING",
    })),
    billingModeSet: input.BillingMode === "PAY_PER_REQUEST",
    ...settingsOf(input),
    ...(wantsManagedKey(ctx, input.SSESpecification) && { hasManagedKey: true }),
    ...(input.TableClass !== undefined && { tableClass: input.TableClass }),
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    createdAt: ctx.clock.now(),
    tags,
  };
}

function schemaOf(input: Input): { types: AttributeTypes; keys: Keys; indexes: IndexSchema[] } {
  const { AttributeDefinitions, KeySchema } = input;
  if (AttributeDefinitions === undefined || KeySchema === undefined) {
    const missing = [
      ...(AttributeDefinitions === undefined ? ["attributeDefinitions"] : []),
      ...(KeySchema === undefined ? ["keySchema"] : []),
    ];
    throw failedConstraints(missing.map((path) => [null, path, "Member must not be null"]));
  }
  checkThroughput(input);
  const types = attributeTypesOf(AttributeDefinitions);
  const keys = keysOf(KeySchema, types);
  const indexes = [...localIndexes(input, keys, types), ...globalIndexes(input, types)];
  checkIndexes(indexes);
  const used = new Set([keys, ...indexes.map((index) => index.keys)].flatMap(keyNames));
  checkAllDefined(types, used, indexes.length > 0);
  return { types, keys, indexes };
}

function checkThroughput({ BillingMode, ProvisionedThroughput }: Input): void {
  if (BillingMode === "PAY_PER_REQUEST") {
    if (ProvisionedThroughput === undefined) return;
    throw invalidParameter(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  }
  if (ProvisionedThroughput === undefined) {
    throw invalidParameter(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
  }
  throughputOf(ProvisionedThroughput);
}

function localIndexes(input: Input, table: Keys, types: AttributeTypes): IndexSchema[] {
  if (input.LocalSecondaryIndexes === undefined) return [];
  if (input.LocalSecondaryIndexes.length === 0) throw invalidParameter("List of LocalSecondaryIndexes is empty");
  if (table.sort.length === 0) {
    throw invalidParameter(
      "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    );
  }
  return input.LocalSecondaryIndexes.map((index) => {
    const name = index.IndexName;
    const keys = keysOf(index.KeySchema, types);
    if (keys.sort.length === 0) {
      throw invalidParameter(`Index KeySchema does not have a range key for index: ${name}`);
    }
    if (keys.partition[0].name !== table.partition[0].name) {
      throw invalidParameter(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. ` +
          `index hash key: ${keys.partition[0].name}, table hash key: ${table.partition[0].name}`,
      );
    }
    return { name, kind: "local", keys, projection: projectionOf(index.Projection) };
  });
}

function globalIndexes(input: Input, types: AttributeTypes): IndexSchema[] {
  if (input.GlobalSecondaryIndexes === undefined) return [];
  if (input.GlobalSecondaryIndexes.length === 0) throw invalidParameter("List of GlobalSecondaryIndexes is empty");
  return input.GlobalSecondaryIndexes.map((index) => {
    const name = index.IndexName;
    const keys = keysOf(index.KeySchema, types, MOST_KEY_ATTRIBUTES);
    const projection = projectionOf(index.Projection);
    checkIndexThroughput(name, index.ProvisionedThroughput, input.BillingMode === "PAY_PER_REQUEST");
    const billingMode = input.BillingMode ?? "PROVISIONED";
    const throughput = throughputOf(index.ProvisionedThroughput);
    const onDemand = onDemandLimitsOf(index.OnDemandThroughput, ofIndex(name), billingMode);
    const warm = requestedWarm(index.WarmThroughput, ofIndex(name), { billingMode, throughput });
    return { name, kind: "global", keys, projection, throughput, ...(onDemand && { onDemand }), ...(warm && { warm }) };
  });
}
