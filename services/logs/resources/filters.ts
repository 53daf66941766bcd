import {
  choice,
  decimal,
  list,
  object,
  refused,
  replaces,
  required,
  text,
  type Values,
} from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, tagMap, unless } from "../../cloudformation/provider.ts";

const FILTER_NAME = replaces(text({ min: 1, max: 512, pattern: /^[^:*]{1,512}$/ }));
const GROUP_NAME = replaces(required(text({ min: 1, max: 512 })));

const metricFilterProperties = {
  ApplyOnTransformedLogs: refused(false),
  EmitSystemFieldDimensions: refused([]),
  FieldSelectionCriteria: refused(),
  FilterName: FILTER_NAME,
  FilterPattern: required(text({ max: 1024 })),
  LogGroupName: GROUP_NAME,
  MetricTransformations: required(
    list(
      object({
        DefaultValue: decimal(),
        Dimensions: list(object({ Key: required(text({ max: 255 })), Value: required(text({ max: 255 })) }), {
          max: 3,
        }),
        MetricName: required(text({ min: 1, max: 255 })),
        MetricNamespace: required(text({ min: 1, max: 256 })),
        MetricValue: required(text({ min: 1, max: 100 })),
        Unit: text(),
      }),
      { max: 1 },
    ),
  ),
} as const;

async function putMetricFilter(
  ctx: ProviderContext,
  filterName: string,
  { FilterPattern, LogGroupName, MetricTransformations }: Values<typeof metricFilterProperties>,
) {
  await ctx.call("logs", "PutMetricFilter", {
    filterName,
    filterPattern: FilterPattern,
    logGroupName: LogGroupName,
    metricTransformations: MetricTransformations.map((each) => ({
      metricName: each.MetricName,
      metricNamespace: each.MetricNamespace,
      metricValue: each.MetricValue,
      ...(each.DefaultValue !== undefined && { defaultValue: each.DefaultValue }),
      ...(each.Dimensions && { dimensions: tagMap(each.Dimensions) }),
      ...(each.Unit !== undefined && { unit: each.Unit as "None" }),
    })),
  });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-metricfilter.html */
export const metricFilter = defineProvider({
  type: "AWS::Logs::MetricFilter",
  properties: metricFilterProperties,
  attributes: [],
  name: { property: "FilterName", maxLength: 512 },

  async find(ctx, { LogGroupName }, name) {
    const found = await unless(
      ctx.call("logs", "DescribeMetricFilters", { logGroupName: LogGroupName, filterNamePrefix: name }),
      "ResourceNotFoundException",
    );
    return found?.metricFilters?.some(({ filterName }) => filterName === name) ? name : undefined;
  },

  async create(ctx, properties, name) {
    await putMetricFilter(ctx, name, properties);
    ctx.created(name);
    return name;
  },

  update: (ctx, name, _before, after) => putMetricFilter(ctx, name, after),

  async remove(ctx, filterName, { LogGroupName: logGroupName }) {
    await unless(ctx.call("logs", "DeleteMetricFilter", { logGroupName, filterName }), "ResourceNotFoundException");
  },

  read: () => Promise.resolve({}),
});

const subscriptionFilterProperties = {
  ApplyOnTransformedLogs: refused(false),
  DestinationArn: required(text({ min: 1 })),
  Distribution: choice("Random", "ByLogStream"),
  EmitSystemFields: refused([]),
  FieldSelectionCriteria: refused(),
  FilterName: FILTER_NAME,
  FilterPattern: required(text({ max: 1024 })),
  LogGroupName: GROUP_NAME,
  RoleArn: text(),
} as const;

async function putSubscriptionFilter(
  ctx: ProviderContext,
  filterName: string,
  given: Values<typeof subscriptionFilterProperties>,
) {
  await ctx.call("logs", "PutSubscriptionFilter", {
    filterName,
    filterPattern: given.FilterPattern,
    logGroupName: given.LogGroupName,
    destinationArn: given.DestinationArn,
    ...(given.RoleArn !== undefined && { roleArn: given.RoleArn }),
    ...(given.Distribution !== undefined && { distribution: given.Distribution }),
  });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-subscriptionfilter.html */
export const subscriptionFilter = defineProvider({
  type: "AWS::Logs::SubscriptionFilter",
  properties: subscriptionFilterProperties,
  attributes: [],
  name: { property: "FilterName", maxLength: 512 },

  async find(ctx, { LogGroupName }, name) {
    const found = await unless(
      ctx.call("logs", "DescribeSubscriptionFilters", { logGroupName: LogGroupName, filterNamePrefix: name }),
      "ResourceNotFoundException",
    );
    return found?.subscriptionFilters?.some(({ filterName }) => filterName === name) ? name : undefined;
  },

  async create(ctx, properties, name) {
    await putSubscriptionFilter(ctx, name, properties);
    ctx.created(name);
    return name;
  },

  update: (ctx, name, _before, after) => putSubscriptionFilter(ctx, name, after),

  async remove(ctx, filterName, { LogGroupName: logGroupName }) {
    await unless(
      ctx.call("logs", "DeleteSubscriptionFilter", { logGroupName, filterName }),
      "ResourceNotFoundException",
    );
  },

  read: () => Promise.resolve({}),
});
