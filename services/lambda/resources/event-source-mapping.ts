import {
  choice,
  decimal,
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
} from "../../cloudformation/properties.ts";
import type { Values } from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, tagChanges, tagMap, unless } from "../../cloudformation/provider.ts";

const mappingProperties = {
  FunctionName: required(text({ min: 1, max: 140 })),
  EventSourceArn: replaces(text({ min: 12, max: 1024, pattern: /^arn:(aws[a-zA-Z0-9-]*):/ })),
  StartingPosition: replaces(choice("LATEST", "TRIM_HORIZON", "AT_TIMESTAMP")),
  StartingPositionTimestamp: replaces(decimal()),
  BatchSize: integer({ min: 1, max: 10_000 }),
  BisectBatchOnFunctionError: flag(),
  DestinationConfig: object({ OnFailure: object({ Destination: text({ min: 12, max: 1024 }) }) }),
  Enabled: flag(),
  FunctionResponseTypes: list(choice("ReportBatchItemFailures"), { max: 1 }),
  MaximumBatchingWindowInSeconds: integer({ min: 0, max: 300 }),
  MaximumRecordAgeInSeconds: integer({ min: -1, max: 604_800 }),
  MaximumRetryAttempts: integer({ min: -1, max: 10_000 }),
  ParallelizationFactor: integer({ min: 1, max: 10 }),
  FilterCriteria: object({ Filters: list(object({ Pattern: text({ max: 4_096 }) })) }),
  ScalingConfig: object({ MaximumConcurrency: integer({ min: 2, max: 1_000 }) }),
  Tags: tags(),
  TumblingWindowInSeconds: integer({ min: 0, max: 900 }),
  AmazonManagedKafkaEventSourceConfig: refused(),
  DocumentDBEventSourceConfig: refused(),
  KmsKeyArn: refused(""),
  LoggingConfig: refused(),
  MetricsConfig: object({ Metrics: list(choice("EventCount", "ErrorCount", "KafkaMetrics")) }),
  ProvisionedPollerConfig: refused(),
  Queues: refused([]),
  SelfManagedEventSource: refused(),
  SelfManagedKafkaEventSourceConfig: refused(),
  SourceAccessConfigurations: refused([]),
  Topics: refused([]),
  EventSourceMappingArn: readOnly(),
  Id: readOnly(),
} as const;

type MappingValues = Values<typeof mappingProperties>;

/** Every setting, with Lambda's default for what the template does not say; what is not for this kind of source is Lambda's to refuse. */
const settingsOf = (given: MappingValues) => ({
  Enabled: given.Enabled ?? true,
  FilterCriteria: { Filters: given.FilterCriteria?.Filters ?? [] },
  MetricsConfig: { Metrics: given.MetricsConfig?.Metrics ?? [] },
  FunctionResponseTypes: given.FunctionResponseTypes ?? [],
  MaximumBatchingWindowInSeconds: given.MaximumBatchingWindowInSeconds ?? 0,
  ...(given.EventSourceArn?.split(":")[2] === "sqs" ? queueSettings(given) : streamSettings(given)),
});

const queueSettings = (given: MappingValues) => {
  const { BisectBatchOnFunctionError, DestinationConfig, MaximumRecordAgeInSeconds, ...rest } = given;
  const { MaximumRetryAttempts, ParallelizationFactor, TumblingWindowInSeconds } = rest;
  return {
    BatchSize: given.BatchSize ?? 10,
    ScalingConfig: given.ScalingConfig ?? {},
    ...(BisectBatchOnFunctionError !== undefined && { BisectBatchOnFunctionError }),
    ...(DestinationConfig !== undefined && { DestinationConfig }),
    ...(MaximumRecordAgeInSeconds !== undefined && { MaximumRecordAgeInSeconds }),
    ...(MaximumRetryAttempts !== undefined && { MaximumRetryAttempts }),
    ...(ParallelizationFactor !== undefined && { ParallelizationFactor }),
    ...(TumblingWindowInSeconds !== undefined && { TumblingWindowInSeconds }),
  };
};

const streamSettings = (given: MappingValues) => ({
  BatchSize: given.BatchSize ?? 100,
  BisectBatchOnFunctionError: given.BisectBatchOnFunctionError ?? false,
  DestinationConfig: { OnFailure: { ...given.DestinationConfig?.OnFailure } },
  MaximumRecordAgeInSeconds: given.MaximumRecordAgeInSeconds ?? -1,
  MaximumRetryAttempts: given.MaximumRetryAttempts ?? -1,
  ParallelizationFactor: given.ParallelizationFactor ?? 1,
  TumblingWindowInSeconds: given.TumblingWindowInSeconds ?? 0,
  ...(given.ScalingConfig && { ScalingConfig: given.ScalingConfig }),
});

const get = (ctx: ProviderContext, UUID: string) =>
  unless(ctx.call("lambda", "GetEventSourceMapping", { UUID }), "ResourceNotFoundException");

/** Creating, Enabling, Disabling and Updating pass; Enabled and Disabled stay. */
const untilSettled = (ctx: ProviderContext, UUID: string) =>
  ctx.waitUntil(`event source mapping ${UUID} to be Enabled or Disabled`, async () => {
    const { State } = await ctx.call("lambda", "GetEventSourceMapping", { UUID });
    return State === "Enabled" || State === "Disabled";
  });

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html */
export const eventSourceMapping = defineProvider({
  type: "AWS::Lambda::EventSourceMapping",
  properties: mappingProperties,
  attributes: ["EventSourceMappingArn", "Id"],

  systemTagged: ({ account, region }, uuid) => `arn:aws:lambda:${region}:${account}:event-source-mapping:${uuid}`,

  async find(ctx, { FunctionName, EventSourceArn = "" }) {
    const { EventSourceMappings = [] } = await ctx.call("lambda", "ListEventSourceMappings", {
      FunctionName,
      EventSourceArn,
    });
    return EventSourceMappings[0]?.UUID;
  },

  async create(ctx, given) {
    const { UUID = "" } = await ctx.call("lambda", "CreateEventSourceMapping", {
      FunctionName: given.FunctionName,
      ...(given.EventSourceArn !== undefined && { EventSourceArn: given.EventSourceArn }),
      ...(given.StartingPosition !== undefined && { StartingPosition: given.StartingPosition }),
      ...(given.StartingPositionTimestamp !== undefined && {
        StartingPositionTimestamp: new Date(given.StartingPositionTimestamp * 1000),
      }),
      ...settingsOf(given),
      ...(given.Tags?.length && { Tags: tagMap(given.Tags) }),
    });
    ctx.created(UUID);
    await untilSettled(ctx, UUID);
    return UUID;
  },

  async update(ctx, UUID, before, after) {
    await untilSettled(ctx, UUID);
    await ctx.call("lambda", "UpdateEventSourceMapping", {
      UUID,
      FunctionName: after.FunctionName,
      ...settingsOf(after),
    });
    await untilSettled(ctx, UUID);
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    const Resource = (await get(ctx, UUID))?.EventSourceMappingArn ?? "";
    if (removed.length > 0) await ctx.call("lambda", "UntagResource", { Resource, TagKeys: removed });
    if (Object.keys(set).length > 0) await ctx.call("lambda", "TagResource", { Resource, Tags: set });
  },

  async remove(ctx, UUID) {
    await ctx.waitUntil(`event source mapping ${UUID} to be gone`, async () => {
      const state = (await get(ctx, UUID))?.State;
      if (state === undefined) return true;
      if (state !== "Deleting") {
        await unless(
          ctx.call("lambda", "DeleteEventSourceMapping", { UUID }),
          "ResourceNotFoundException",
          "ResourceInUseException",
        );
      }
      return false;
    });
  },

  async read(ctx, UUID) {
    return { Id: UUID, EventSourceMappingArn: (await get(ctx, UUID))?.EventSourceMappingArn ?? "" };
  },
});
