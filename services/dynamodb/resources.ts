import { HandlerError } from "../cloudformation/engine/failure.ts";
import { defineProvider, type ProviderContext, sameValue, tagChanges, unless } from "../cloudformation/provider.ts";
import { describe, untilActive } from "./resources/calls.ts";
import { updateKinesisStream } from "./resources/kinesis-stream.ts";
import { importTable, type ImportSource } from "./resources/import.ts";
import { updatePolicy } from "./resources/policy.ts";
import { updateRecovery } from "./resources/recovery.ts";
import { createdWith, updateSettings } from "./resources/settings.ts";
import { enabled, updateStream } from "./resources/stream.ts";
import { properties, type IndexValues, type TableValues } from "./resources/table-properties.ts";

const billing = (values: TableValues) => values.BillingMode ?? "PROVISIONED";

const byName = (indexes: readonly IndexValues[] | undefined) =>
  new Map((indexes ?? []).map((index) => [index.IndexName, index]));

/** Adds, removes and resizes global indexes: one a call, as DynamoDB has it. */
async function updateIndexes(
  ctx: ProviderContext,
  name: string,
  before: TableValues,
  after: TableValues,
): Promise<void> {
  const now = (await describe(ctx, name))?.Table?.GlobalSecondaryIndexes ?? [];
  const existing = new Set(now.map(({ IndexName }) => IndexName));
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
  for (const index of next.values()) {
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
      GlobalSecondaryIndexUpdates: [{ Create }],
    });
    await untilActive(ctx, name);
  }
}

/** Billing mode and throughput go together, and with the indexes' throughput when a table becomes PROVISIONED. */
async function updateBilling(
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

/** The policy of the stream that the table has now; an earlier stream keeps its own. */
async function updateStreamPolicy(
  ctx: ProviderContext,
  name: string,
  before: TableValues["StreamSpecification"],
  after: TableValues["StreamSpecification"],
): Promise<void> {
  const arn = after && (await describe(ctx, name))?.Table?.LatestStreamArn;
  if (arn !== undefined) await updatePolicy(ctx, arn, before?.ResourcePolicy, after?.ResourcePolicy);
}

/** Brings a table from what one template says of it to what another says. */
async function updateTable(ctx: ProviderContext, name: string, before: TableValues, after: TableValues): Promise<void> {
  await untilActive(ctx, name);
  await updateBilling(ctx, name, before, after);
  const tableClass = after.TableClass ?? "STANDARD";
  if ((before.TableClass ?? "STANDARD") !== tableClass) {
    await ctx.call("dynamodb", "UpdateTable", { TableName: name, TableClass: tableClass });
    await untilActive(ctx, name);
  }
  const isProtected = after.DeletionProtectionEnabled ?? false;
  if ((before.DeletionProtectionEnabled ?? false) !== isProtected) {
    await ctx.call("dynamodb", "UpdateTable", { TableName: name, DeletionProtectionEnabled: isProtected });
    await untilActive(ctx, name);
  }
  await updateSettings(ctx, name, before, after);
  await updateStream(ctx, name, after.StreamSpecification?.StreamViewType);
  await updateStreamPolicy(ctx, name, before.StreamSpecification, after.StreamSpecification);
  await updateIndexes(ctx, name, before, after);
  const { set, removed } = tagChanges(before.Tags, after.Tags);
  const ResourceArn = (await describe(ctx, name))?.Table?.TableArn ?? "";
  await updatePolicy(ctx, ResourceArn, before.ResourcePolicy, after.ResourcePolicy);
  if (removed.length > 0) await ctx.call("dynamodb", "UntagResource", { ResourceArn, TagKeys: removed });
  const Tags = Object.entries(set).map(([Key, Value]) => ({ Key, Value }));
  if (Tags.length > 0) await ctx.call("dynamodb", "TagResource", { ResourceArn, Tags });
  await updateRecovery(ctx, name, before, after);
}

/** Imports what an import can make, and sets the rest. */
async function createByImport(
  ctx: ProviderContext,
  given: TableValues & { readonly ImportSourceSpecification: ImportSource },
  name: string,
): Promise<void> {
  const { KeySchema, AttributeDefinitions = [], BillingMode, ProvisionedThroughput, GlobalSecondaryIndexes } = given;
  if (given.LocalSecondaryIndexes?.length) {
    throw new HandlerError("InvalidRequest", "A table that is imported cannot have LocalSecondaryIndexes");
  }
  const imported = {
    KeySchema,
    AttributeDefinitions,
    BillingMode: BillingMode ?? "PROVISIONED",
    ...(ProvisionedThroughput && { ProvisionedThroughput }),
    ...(GlobalSecondaryIndexes?.length && { GlobalSecondaryIndexes }),
  };
  await importTable(ctx, given.ImportSourceSpecification, { TableName: name, ...imported });
  await updateTable(ctx, name, imported, given);
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
export const table = defineProvider({
  type: "AWS::DynamoDB::Table",
  properties,
  attributes: ["Arn", "StreamArn"],
  name: { property: "TableName", maxLength: 255 },

  // an attribute that keeps its name and changes its type cannot stay in the table's key
  replacedBy(before, after) {
    const types = new Map(before.AttributeDefinitions?.map((each) => [each.AttributeName, each.AttributeType]));
    const edited = (after.AttributeDefinitions ?? []).some(
      ({ AttributeName, AttributeType }) => (types.get(AttributeName) ?? AttributeType) !== AttributeType,
    );
    return edited ? ["AttributeDefinitions"] : [];
  },

  find: async (ctx, _properties, name) => (await describe(ctx, name)) && name,

  async create(ctx, given, name) {
    const { ImportSourceSpecification } = given;
    if (ImportSourceSpecification !== undefined) {
      await createByImport(ctx, { ...given, ImportSourceSpecification }, name);
      return name;
    }
    await ctx.call("dynamodb", "CreateTable", {
      TableName: name,
      KeySchema: given.KeySchema,
      AttributeDefinitions: given.AttributeDefinitions ?? [],
      BillingMode: given.BillingMode ?? "PROVISIONED",
      ...(given.ProvisionedThroughput && { ProvisionedThroughput: given.ProvisionedThroughput }),
      ...(given.GlobalSecondaryIndexes?.length && { GlobalSecondaryIndexes: given.GlobalSecondaryIndexes }),
      ...(given.LocalSecondaryIndexes?.length && { LocalSecondaryIndexes: given.LocalSecondaryIndexes }),
      ...(given.StreamSpecification && { StreamSpecification: enabled(given.StreamSpecification.StreamViewType) }),
      ...(given.TableClass && { TableClass: given.TableClass }),
      ...createdWith(given),
      ...(given.DeletionProtectionEnabled !== undefined && {
        DeletionProtectionEnabled: given.DeletionProtectionEnabled,
      }),
      ...(given.ResourcePolicy && { ResourcePolicy: JSON.stringify(given.ResourcePolicy.PolicyDocument) }),
      ...(given.Tags?.length && { Tags: given.Tags }),
    });
    ctx.created(name);
    await untilActive(ctx, name);
    await updateStreamPolicy(ctx, name, undefined, given.StreamSpecification);
    await updateRecovery(ctx, name, {}, given);
    await updateKinesisStream(ctx, name, undefined, given.KinesisStreamSpecification);
    return name;
  },

  update: updateTable,

  async remove(ctx, name) {
    await ctx.waitUntil(`table ${name} to be gone`, async () => {
      const status = (await describe(ctx, name))?.Table?.TableStatus;
      if (status === undefined) return true;
      if (status === "ACTIVE") {
        await unless(ctx.call("dynamodb", "DeleteTable", { TableName: name }), "ResourceNotFoundException");
      }
      return false;
    });
  },

  async read(ctx, name) {
    const { TableArn = "", LatestStreamArn, StreamSpecification } = (await describe(ctx, name))?.Table ?? {};
    return { Arn: TableArn, ...(StreamSpecification && LatestStreamArn && { StreamArn: LatestStreamArn }) };
  },
});

export const dynamodbResources = [table];
