import {
  choice,
  decimal,
  document,
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
  type Values,
} from "../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, type Tag, tagChanges, unless } from "../cloudformation/provider.ts";

const ALARM_NAME = text({ min: 1, max: 255 });
const dimensions = () =>
  list(object({ Name: required(text({ min: 1, max: 255 })), Value: required(text({ min: 1, max: 1024 })) }), {
    max: 30,
  });
const actions = () => list(text({ min: 1, max: 1024 }), { max: 5 });

const metricAlarm = {
  ActionsEnabled: flag(),
  AlarmActions: actions(),
  AlarmDescription: text({ max: 1024 }),
  AlarmName: replaces(ALARM_NAME),
  ComparisonOperator: choice(
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
  ),
  DatapointsToAlarm: integer({ min: 1 }),
  Dimensions: dimensions(),
  EvaluateLowSampleCountPercentile: text(),
  EvaluationCriteria: refused(),
  EvaluationInterval: refused(),
  EvaluationPeriods: integer({ min: 1 }),
  ExtendedStatistic: text(),
  InsufficientDataActions: actions(),
  MetricName: text({ min: 1, max: 255 }),
  Metrics: list(
    object({
      Id: required(text({ min: 1, max: 255 })),
      AccountId: refused(),
      Expression: text({ min: 1, max: 2048 }),
      Label: text(),
      MetricStat: object({
        Metric: required(
          object({ Namespace: text({ max: 255 }), MetricName: text({ max: 255 }), Dimensions: dimensions() }),
        ),
        Period: required(integer({ min: 1 })),
        Stat: required(text()),
        Unit: text(),
      }),
      Period: integer({ min: 1 }),
      ReturnData: flag(),
    }),
  ),
  Namespace: text({ min: 1, max: 255 }),
  OKActions: actions(),
  Period: integer({ min: 1 }),
  Statistic: choice("SampleCount", "Average", "Sum", "Minimum", "Maximum"),
  Tags: tags(),
  Threshold: decimal(),
  ThresholdMetricId: refused(),
  TreatMissingData: text(),
  Unit: text(),
  Arn: readOnly(),
} as const;

async function describe(ctx: ProviderContext, name: string) {
  const { MetricAlarms = [], CompositeAlarms = [] } = await ctx.call("cloudwatch", "DescribeAlarms", {
    AlarmNames: [name],
    AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
  });
  return MetricAlarms[0] ?? CompositeAlarms[0];
}

async function putMetricAlarm(
  ctx: ProviderContext,
  AlarmName: string,
  { AlarmName: _name, Tags, ...given }: Values<typeof metricAlarm>,
) {
  await ctx.call("cloudwatch", "PutMetricAlarm", {
    ...given,
    Unit: given.Unit as "None" | undefined,
    Metrics: given.Metrics?.map(({ MetricStat: stat, ...query }) => ({
      ...query,
      ...(stat && { MetricStat: { ...stat, Unit: stat.Unit as "None" | undefined } }),
    })),
    AlarmName,
    ...(Tags?.length && { Tags }),
  });
}

async function changeTags(
  ctx: ProviderContext,
  ResourceARN: string,
  before: readonly Tag[] | undefined,
  after: readonly Tag[] | undefined,
) {
  const { set, removed } = tagChanges(before, after);
  if (removed.length > 0) await ctx.call("cloudwatch", "UntagResource", { ResourceARN, TagKeys: removed });
  const Tags = Object.entries(set).map(([Key, Value]) => ({ Key, Value }));
  if (Tags.length > 0) await ctx.call("cloudwatch", "TagResource", { ResourceARN, Tags });
}

const alarmArn = async (ctx: ProviderContext, name: string): Promise<string> =>
  (await describe(ctx, name))?.AlarmArn ?? "";

const alarmTagged = ({ account, region }: Pick<ProviderContext, "account" | "region">, name: string): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

const removeAlarm = async (ctx: ProviderContext, name: string): Promise<void> => {
  await ctx.call("cloudwatch", "DeleteAlarms", { AlarmNames: [name] });
};

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html */
export const alarm = defineProvider({
  type: "AWS::CloudWatch::Alarm",
  properties: metricAlarm,
  attributes: ["Arn"],
  name: { property: "AlarmName", maxLength: 255 },

  systemTagged: alarmTagged,

  find: async (ctx, _properties, name) => (await describe(ctx, name)) && name,

  async create(ctx, properties, name) {
    await putMetricAlarm(ctx, name, properties);
    ctx.created(name);
    return name;
  },

  async update(ctx, name, before, after) {
    await putMetricAlarm(ctx, name, after);
    await changeTags(ctx, await alarmArn(ctx, name), before.Tags, after.Tags);
  },

  remove: removeAlarm,

  read: async (ctx, name) => ({ Arn: await alarmArn(ctx, name) }),
});

const compositeProperties = {
  ActionsEnabled: flag(),
  ActionsSuppressor: refused(),
  ActionsSuppressorExtensionPeriod: refused(),
  ActionsSuppressorWaitPeriod: refused(),
  AlarmActions: actions(),
  AlarmDescription: text({ max: 1024 }),
  AlarmName: replaces(ALARM_NAME),
  AlarmRule: required(text({ min: 1, max: 10_240 })),
  InsufficientDataActions: actions(),
  OKActions: actions(),
  Tags: tags(),
  Arn: readOnly(),
} as const;

async function putCompositeAlarm(
  ctx: ProviderContext,
  AlarmName: string,
  { AlarmName: _name, Tags, ...given }: Values<typeof compositeProperties>,
) {
  await ctx.call("cloudwatch", "PutCompositeAlarm", { ...given, AlarmName, ...(Tags?.length && { Tags }) });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-compositealarm.html */
export const compositeAlarm = defineProvider({
  type: "AWS::CloudWatch::CompositeAlarm",
  properties: compositeProperties,
  attributes: ["Arn"],
  name: { property: "AlarmName", maxLength: 255 },

  systemTagged: alarmTagged,

  find: async (ctx, _properties, name) => (await describe(ctx, name)) && name,

  async create(ctx, properties, name) {
    await putCompositeAlarm(ctx, name, properties);
    ctx.created(name);
    return name;
  },

  async update(ctx, name, before, after) {
    await putCompositeAlarm(ctx, name, after);
    await changeTags(ctx, await alarmArn(ctx, name), before.Tags, after.Tags);
  },

  remove: removeAlarm,

  read: async (ctx, name) => ({ Arn: await alarmArn(ctx, name) }),
});

const dashboardArn = ({ account }: Pick<ProviderContext, "account">, name: string): string =>
  `arn:aws:cloudwatch::${account}:dashboard/${name}`;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-dashboard.html */
export const dashboard = defineProvider({
  type: "AWS::CloudWatch::Dashboard",
  properties: {
    DashboardBody: required(document()),
    DashboardName: replaces(text({ min: 1, max: 255, pattern: /^[A-Za-z0-9_-]+$/ })),
    Tags: tags(),
  },
  attributes: [],
  name: { property: "DashboardName", maxLength: 255 },

  systemTagged: dashboardArn,

  find: async (ctx, _properties, name) =>
    (await unless(
      ctx.call("cloudwatch", "GetDashboard", { DashboardName: name }),
      "ResourceNotFound",
      "DashboardNotFoundError",
    )) && name,

  async create(ctx, { DashboardBody, Tags }, name) {
    await ctx.call("cloudwatch", "PutDashboard", {
      DashboardName: name,
      DashboardBody: JSON.stringify(DashboardBody),
      ...(Tags?.length && { Tags }),
    });
    ctx.created(name);
    return name;
  },

  async update(ctx, name, before, after) {
    await ctx.call("cloudwatch", "PutDashboard", {
      DashboardName: name,
      DashboardBody: JSON.stringify(after.DashboardBody),
    });
    await changeTags(ctx, dashboardArn(ctx, name), before.Tags, after.Tags);
  },

  async remove(ctx, name) {
    await unless(
      ctx.call("cloudwatch", "DeleteDashboards", { DashboardNames: [name] }),
      "ResourceNotFound",
      "DashboardNotFoundError",
    );
  },

  read: () => Promise.resolve({}),
});

export const cloudwatchResources = [alarm, compositeAlarm, dashboard];
