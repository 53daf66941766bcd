import {
  choice,
  integer,
  list,
  object,
  readOnly,
  replaces,
  required,
  tags,
  text,
} from "../cloudformation/properties.ts";
import {
  defineProvider,
  type ProviderContext,
  sameValue,
  tagChanges,
  tagMap,
  unless,
} from "../cloudformation/provider.ts";
import { resourcePolicy } from "./resources/resource-policy.ts";
import { streamConsumer } from "./resources/stream-consumer.ts";
import type { ShardMetric } from "./model.ts";
import { SHARD_METRICS } from "./shard-metrics.ts";

const DEFAULT_RETENTION_HOURS = 24;
const DEFAULT_MODE = "PROVISIONED";
const DEFAULT_RECORD_SIZE_KIB = 1024;

const summary = (ctx: ProviderContext, name: string) =>
  unless(ctx.call("kinesis", "DescribeStreamSummary", { StreamName: name }), "ResourceNotFoundException");

const untilActive = (ctx: ProviderContext, name: string) =>
  ctx.waitUntil(`stream ${name} to become ACTIVE`, async () => {
    const answer = await ctx.call("kinesis", "DescribeStreamSummary", { StreamName: name });
    return answer.StreamDescriptionSummary?.StreamStatus === "ACTIVE";
  });

interface Encryption {
  readonly EncryptionType: "KMS";
  readonly KeyId: string;
}

async function setEncryption(
  ctx: ProviderContext,
  name: string,
  before: Encryption | undefined,
  after: Encryption | undefined,
): Promise<void> {
  if (sameValue(before, after)) return;
  if (after) await ctx.call("kinesis", "StartStreamEncryption", { StreamName: name, ...after });
  else if (before) await ctx.call("kinesis", "StopStreamEncryption", { StreamName: name, ...before });
}

async function setRetention(ctx: ProviderContext, name: string, from: number, to: number): Promise<void> {
  const operation = to > from ? "IncreaseStreamRetentionPeriod" : "DecreaseStreamRetentionPeriod";
  if (to !== from) await ctx.call("kinesis", operation, { StreamName: name, RetentionPeriodHours: to });
}

type Metrics = readonly (ShardMetric | "ALL")[];

const everyMetric = (named: Metrics = []): readonly ShardMetric[] =>
  SHARD_METRICS.filter((name) => named.includes("ALL") || named.includes(name));

async function setShardMetrics(ctx: ProviderContext, name: string, before: Metrics | undefined, after: Metrics = []) {
  const wanted = everyMetric(after);
  const unwanted = everyMetric(before).filter((metric) => !wanted.includes(metric));
  const change = async (operation: "EnableEnhancedMonitoring" | "DisableEnhancedMonitoring", metrics: Metrics) => {
    if (metrics.length === 0) return;
    await ctx.call("kinesis", operation, { StreamName: name, ShardLevelMetrics: [...metrics] });
    await untilActive(ctx, name);
  };
  await change("DisableEnhancedMonitoring", unwanted);
  await change("EnableEnhancedMonitoring", wanted);
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html */
export const stream = defineProvider({
  type: "AWS::Kinesis::Stream",
  properties: {
    Name: replaces(text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9_.-]+$/ })),
    ShardCount: integer({ min: 1, max: 100_000 }),
    RetentionPeriodHours: integer({ min: 24, max: 8760 }),
    StreamModeDetails: object({ StreamMode: required(choice("ON_DEMAND", "PROVISIONED")) }),
    MaxRecordSizeInKiB: integer({ min: 1024, max: 10_240 }),
    Tags: tags(),
    DesiredShardLevelMetrics: list(choice(...SHARD_METRICS, "ALL")),
    StreamEncryption: object({ EncryptionType: required(choice("KMS")), KeyId: required(text()) }),
    WarmThroughputMiBps: integer({ min: 0 }),
    Arn: readOnly(),
    WarmThroughputObject: readOnly(),
  },
  attributes: ["Arn"],
  name: { property: "Name", maxLength: 128 },

  find: async (ctx, _properties, name) => (await summary(ctx, name)) && name,

  async create(ctx, properties, name) {
    const mode = properties.StreamModeDetails?.StreamMode ?? DEFAULT_MODE;
    const shardCount = properties.ShardCount ?? (mode === "PROVISIONED" ? 1 : undefined);
    await ctx.call("kinesis", "CreateStream", {
      StreamName: name,
      StreamModeDetails: { StreamMode: mode },
      ...(shardCount !== undefined && { ShardCount: shardCount }),
      ...(properties.WarmThroughputMiBps !== undefined && { WarmThroughputMiBps: properties.WarmThroughputMiBps }),
      ...(properties.MaxRecordSizeInKiB !== undefined && { MaxRecordSizeInKiB: properties.MaxRecordSizeInKiB }),
      ...(properties.Tags?.length && { Tags: tagMap(properties.Tags) }),
    });
    ctx.created(name);
    await untilActive(ctx, name);
    await setEncryption(ctx, name, undefined, properties.StreamEncryption);
    await setShardMetrics(ctx, name, undefined, properties.DesiredShardLevelMetrics);
    await setRetention(ctx, name, DEFAULT_RETENTION_HOURS, properties.RetentionPeriodHours ?? DEFAULT_RETENTION_HOURS);
    await untilActive(ctx, name);
    return name;
  },

  async update(ctx, name, before, after) {
    const now = (await summary(ctx, name))?.StreamDescriptionSummary;
    if (!now) throw new Error(`no stream ${name}`);
    const mode = after.StreamModeDetails?.StreamMode ?? DEFAULT_MODE;
    if ((now.StreamModeDetails?.StreamMode ?? DEFAULT_MODE) !== mode) {
      const StreamARN = now.StreamARN as string;
      await ctx.call("kinesis", "UpdateStreamMode", { StreamARN, StreamModeDetails: { StreamMode: mode } });
      await untilActive(ctx, name);
    }
    const shardCount = after.ShardCount ?? 1;
    if (mode === "PROVISIONED" && now.OpenShardCount !== shardCount && before.ShardCount !== after.ShardCount) {
      await ctx.call("kinesis", "UpdateShardCount", {
        StreamName: name,
        TargetShardCount: shardCount,
        ScalingType: "UNIFORM_SCALING",
      });
      await untilActive(ctx, name);
    }
    const hours = now.RetentionPeriodHours ?? DEFAULT_RETENTION_HOURS;
    await setRetention(ctx, name, hours, after.RetentionPeriodHours ?? DEFAULT_RETENTION_HOURS);
    await untilActive(ctx, name);
    await setEncryption(ctx, name, before.StreamEncryption, after.StreamEncryption);
    await untilActive(ctx, name);
    await setShardMetrics(ctx, name, before.DesiredShardLevelMetrics, after.DesiredShardLevelMetrics);
    // a template that has none any more leaves the stream to what it needs
    const keepsWarm = mode === "ON_DEMAND" && now.WarmThroughput !== undefined;
    const warm = after.WarmThroughputMiBps ?? (keepsWarm ? 0 : undefined);
    if (warm !== undefined && before.WarmThroughputMiBps !== after.WarmThroughputMiBps) {
      await ctx.call("kinesis", "UpdateStreamWarmThroughput", { StreamName: name, WarmThroughputMiBps: warm });
      await untilActive(ctx, name);
    }
    if (before.MaxRecordSizeInKiB !== after.MaxRecordSizeInKiB) {
      const MaxRecordSizeInKiB = after.MaxRecordSizeInKiB ?? DEFAULT_RECORD_SIZE_KIB;
      await ctx.call("kinesis", "UpdateMaxRecordSize", { StreamARN: now.StreamARN, MaxRecordSizeInKiB });
      await untilActive(ctx, name);
    }
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    if (removed.length > 0) await ctx.call("kinesis", "RemoveTagsFromStream", { StreamName: name, TagKeys: removed });
    if (Object.keys(set).length > 0) await ctx.call("kinesis", "AddTagsToStream", { StreamName: name, Tags: set });
  },

  async remove(ctx, name) {
    await ctx.waitUntil(`stream ${name} to be gone`, async () => {
      const status = (await summary(ctx, name))?.StreamDescriptionSummary?.StreamStatus;
      if (status === undefined) return true;
      if (status === "ACTIVE") {
        const deletion = ctx.call("kinesis", "DeleteStream", { StreamName: name });
        await unless(deletion, "ResourceNotFoundException");
      }
      return false;
    });
  },

  async read(ctx, name) {
    const answer = await ctx.call("kinesis", "DescribeStreamSummary", { StreamName: name });
    return { Arn: answer.StreamDescriptionSummary?.StreamARN ?? "" };
  },
});

export const kinesisResources = [stream, streamConsumer, resourcePolicy];
