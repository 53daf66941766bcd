import {
  choice,
  flag,
  integer,
  list,
  object,
  readOnly,
  refused,
  replaces,
  required,
  tags,
  text,
} from "../cloudformation/properties.ts";
import type { Values } from "../cloudformation/properties.ts";
import { HandlerError } from "../cloudformation/engine/failure.ts";
import { defineProvider, type ProviderContext, sameValue, tagChanges, unless } from "../cloudformation/provider.ts";

const throughput = object({
  ReadCapacityUnits: required(integer({ min: 1 })),
  WriteCapacityUnits: required(integer({ min: 1 })),
});
const keySchema = list(
  object({ AttributeName: required(text({ min: 1, max: 255 })), KeyType: required(choice("HASH", "RANGE")) }),
  { max: 2 },
);
const projection = object({
  ProjectionType: choice("ALL", "KEYS_ONLY", "INCLUDE"),
  NonKeyAttributes: list(text()),
});
const globalIndex = object({
  IndexName: required(text({ min: 3, max: 255 })),
  KeySchema: required(keySchema),
  Projection: required(projection),
  ProvisionedThroughput: throughput,
  ContributorInsightsSpecification: refused({ Enabled: false }),
  OnDemandThroughput: refused(),
  WarmThroughput: refused(),
});

const properties = {
  TableName: replaces(text({ min: 3, max: 255, pattern: /^[a-zA-Z0-9_.-]+$/ })),
  AttributeDefinitions: list(
    object({ AttributeName: required(text({ min: 1, max: 255 })), AttributeType: required(choice("B", "N", "S")) }),
  ),
  KeySchema: required(replaces(keySchema)),
  BillingMode: choice("PAY_PER_REQUEST", "PROVISIONED"),
  ProvisionedThroughput: throughput,
  GlobalSecondaryIndexes: list(globalIndex),
  LocalSecondaryIndexes: replaces(
    list(
      object({
        IndexName: required(text({ min: 3, max: 255 })),
        KeySchema: required(keySchema),
        Projection: required(projection),
      }),
    ),
  ),
  TableClass: choice("STANDARD", "STANDARD_INFREQUENT_ACCESS"),
  DeletionProtectionEnabled: flag(),
  Tags: tags(),
  TimeToLiveSpecification: refused({ Enabled: false }),
  PointInTimeRecoverySpecification: refused({ PointInTimeRecoveryEnabled: false }),
  SSESpecification: refused({ SSEEnabled: false }),
  StreamSpecification: refused(),
  KinesisStreamSpecification: refused(),
  ContributorInsightsSpecification: refused({ Enabled: false }),
  ImportSourceSpecification: refused(),
  OnDemandThroughput: refused(),
  WarmThroughput: refused(),
  ResourcePolicy: refused(),
  Arn: readOnly(),
  StreamArn: readOnly(),
} as const;

type TableValues = Values<typeof properties>;
type Index = NonNullable<TableValues["GlobalSecondaryIndexes"]>[number];

const describe = (ctx: ProviderContext, name: string) =>
  unless(ctx.call("dynamodb", "DescribeTable", { TableName: name }), "ResourceNotFoundException");

const untilActive = (ctx: ProviderContext, name: string) =>
  ctx.waitUntil(`table ${name} to become ACTIVE`, async () => {
    const { Table } = await ctx.call("dynamodb", "DescribeTable", { TableName: name });
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    return Table?.TableStatus === "ACTIVE" && indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE");
  });

const billing = (values: TableValues) => values.BillingMode ?? "PROVISIONED";

const byName = (indexes: readonly Index[] | undefined) =>
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

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
export const table = defineProvider({
  type: "AWS::DynamoDB::Table",
  properties,
  attributes: ["Arn"],
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
    await ctx.call("dynamodb", "CreateTable", {
      TableName: name,
      KeySchema: given.KeySchema,
      AttributeDefinitions: given.AttributeDefinitions ?? [],
      BillingMode: given.BillingMode ?? "PROVISIONED",
      ...(given.ProvisionedThroughput && { ProvisionedThroughput: given.ProvisionedThroughput }),
      ...(given.GlobalSecondaryIndexes?.length && { GlobalSecondaryIndexes: given.GlobalSecondaryIndexes }),
      ...(given.LocalSecondaryIndexes?.length && { LocalSecondaryIndexes: given.LocalSecondaryIndexes }),
      ...(given.TableClass && { TableClass: given.TableClass }),
      ...(given.DeletionProtectionEnabled !== undefined && {
        DeletionProtectionEnabled: given.DeletionProtectionEnabled,
      }),
      ...(given.Tags?.length && { Tags: given.Tags }),
    });
    ctx.created(name);
    await untilActive(ctx, name);
    return name;
  },

  async update(ctx, name, before, after) {
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
    await updateIndexes(ctx, name, before, after);
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    const ResourceArn = (await describe(ctx, name))?.Table?.TableArn ?? "";
    if (removed.length > 0) await ctx.call("dynamodb", "UntagResource", { ResourceArn, TagKeys: removed });
    const Tags = Object.entries(set).map(([Key, Value]) => ({ Key, Value }));
    if (Tags.length > 0) await ctx.call("dynamodb", "TagResource", { ResourceArn, Tags });
  },

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

  read: async (ctx, name) => ({ Arn: (await describe(ctx, name))?.Table?.TableArn ?? "" }),
});

export const dynamodbResources = [table];
