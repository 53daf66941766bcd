import type { InputOf } from "../../../emulator/model/sdk.ts";
import { failedConstraint, invalidParameter, refuse, tableExists } from "../errors.ts";
import type { Operation } from "../index.ts";
import { keyNames, type Index, type Keys, type Table } from "../model.ts";
import { checkTableName, tableNameOf } from "../table-name.ts";
import { describeTable } from "../table-description.ts";
import {
  attributeTypesOf,
  checkAllDefined,
  checkIndexes,
  checkIndexThroughput,
  keysOf,
  projectionOf,
  refuseEncryption,
  throughputOf,
  type AttributeTypes,
} from "../table-schema.ts";
import { checkPolicy, newRevisionId } from "../resource-policies.ts";
import { newStreamViewType } from "../table-stream.ts";
import { checkTags } from "../tags.ts";

type Input = InputOf<"dynamodb", "CreateTable">;
type IndexSchema = Pick<Index, "name" | "kind" | "keys" | "projection" | "throughput">;

const REFUSED = [
  "WarmThroughput",
  "OnDemandThroughput",
  "GlobalTableSourceArn",
  "GlobalTableSettingsReplicationMode",
] as const;

/**
 * Creates a table with its indexes. It is CREATING in the answer, and ACTIVE a moment later.
 * @throws ValidationException, ResourceInUseException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
 */
export const createTable: Operation<"CreateTable"> = (ctx, input) => {
  const name = tableNameOf(ctx, input.TableName);
  checkTableName(name);
  refuse(input, REFUSED);
  refuseEncryption(input);
  const schema = schemaOf(input);
  const viewType = newStreamViewType(input.StreamSpecification);
  const arn = `arn:aws:dynamodb:${ctx.region}:${ctx.account}:table/${name}`;
  if (input.ResourcePolicy !== undefined) checkPolicy(input.ResourcePolicy, arn);
  if (ctx.store.findTable(name) !== undefined) throw tableExists(name);

  const table = ctx.store.write((): Table => {
    const created: Table = {
      name,
      arn,
      id: ctx.ids.uuid(),
      space: ctx.store.allocateSpace(),
      status: "CREATING",
      attributeTypes: schema.types,
      keys: schema.keys,
      indexes: schema.indexes.map((index) => ({
        ...index,
        space: ctx.store.allocateSpace(),
        status: index.kind === "local" ? "ACTIVE" : "CREATING",
      })),
      billingMode: input.BillingMode === "PAY_PER_REQUEST" ? "PAY_PER_REQUEST" : "PROVISIONED",
      billingModeSet: input.BillingMode === "PAY_PER_REQUEST",
      throughput: throughputOf(input.ProvisionedThroughput),
      ...(input.TableClass !== undefined && { tableClass: input.TableClass }),
      deletionProtection: input.DeletionProtectionEnabled ?? false,
      createdAt: ctx.clock.now(),
      tags: Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    };
    const streamed =
      viewType === undefined ? created : { ...created, stream: ctx.store.streams.enable(created, viewType) };
    ctx.store.putTable(streamed);
    if (input.ResourcePolicy !== undefined) {
      ctx.store.policies.put(arn, { document: input.ResourcePolicy, revisionId: newRevisionId(ctx) });
    }
    return streamed;
  });
  ctx.store.lifecycle.begin(name);
  return { TableDescription: describeTable(ctx.store, table) };
};

function schemaOf(input: Input): { types: AttributeTypes; keys: Keys; indexes: IndexSchema[] } {
  const must = "Member must not be null";
  if (input.AttributeDefinitions === undefined) throw failedConstraint(null, "attributeDefinitions", must);
  if (input.KeySchema === undefined) throw failedConstraint(null, "keySchema", must);
  checkThroughput(input);
  const types = attributeTypesOf(input.AttributeDefinitions);
  const keys = keysOf(input.KeySchema, types);
  const indexes = [...localIndexes(input, keys, types), ...globalIndexes(input, types)];
  checkIndexes(indexes);
  const used = new Set([keys, ...indexes.map((index) => index.keys)].flatMap(keyNames));
  checkAllDefined(types, used, indexes.length > 0);
  checkTags(input.Tags ?? []);
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
  if (table.sort === undefined) {
    throw invalidParameter(
      "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    );
  }
  return input.LocalSecondaryIndexes.map((index) => {
    const name = index.IndexName;
    const keys = keysOf(index.KeySchema, types);
    if (keys.sort === undefined) {
      throw invalidParameter(`Index KeySchema does not have a range key for index: ${name}`);
    }
    if (keys.partition.name !== table.partition.name) {
      throw invalidParameter(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. ` +
          `index hash key: ${keys.partition.name}, table hash key: ${table.partition.name}`,
      );
    }
    return { name, kind: "local", keys, projection: projectionOf(index.Projection) };
  });
}

function globalIndexes(input: Input, types: AttributeTypes): IndexSchema[] {
  if (input.GlobalSecondaryIndexes === undefined) return [];
  if (input.GlobalSecondaryIndexes.length === 0) throw invalidParameter("List of GlobalSecondaryIndexes is empty");
  return input.GlobalSecondaryIndexes.map((index) => {
    refuse(index, ["WarmThroughput", "OnDemandThroughput"]);
    const name = index.IndexName;
    const keys = keysOf(index.KeySchema, types);
    const projection = projectionOf(index.Projection);
    checkIndexThroughput(name, index.ProvisionedThroughput, input.BillingMode === "PAY_PER_REQUEST");
    return { name, kind: "global", keys, projection, throughput: throughputOf(index.ProvisionedThroughput) };
  });
}
