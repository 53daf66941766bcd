import { choice, readOnly, refused, replaces, required, tags, text } from "../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, tagChanges, tagMap, unless } from "../cloudformation/provider.ts";
import { metricFilter, subscriptionFilter } from "./resources/filters.ts";

async function findGroup(ctx: ProviderContext, name: string) {
  const { logGroups = [] } = await ctx.call("logs", "DescribeLogGroups", { logGroupNamePrefix: name });
  return logGroups.find(({ logGroupName }) => logGroupName === name);
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html */
export const logGroup = defineProvider({
  type: "AWS::Logs::LogGroup",
  properties: {
    LogGroupName: replaces(text({ min: 1, max: 512, pattern: /^[.\-_/#A-Za-z0-9]{1,512}$/ })),
    // oxfmt-ignore
    RetentionInDays: choice(
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ),
    Tags: tags(),
    KmsKeyId: refused(),
    LogGroupClass: refused("STANDARD"),
    DataProtectionPolicy: refused(),
    FieldIndexPolicies: refused([]),
    ResourcePolicyDocument: refused(),
    DeletionProtectionEnabled: refused(false),
    BearerTokenAuthenticationEnabled: refused(false),
    Arn: readOnly(),
  },
  attributes: ["Arn"],
  name: { property: "LogGroupName", maxLength: 512 },

  systemTagged: ({ account, region }, name) => `arn:aws:logs:${region}:${account}:log-group:${name}`,

  find: async (ctx, _properties, name) => (await findGroup(ctx, name)) && name,

  async create(ctx, properties, name) {
    await ctx.call("logs", "CreateLogGroup", {
      logGroupName: name,
      ...(properties.Tags?.length && { tags: tagMap(properties.Tags) }),
    });
    ctx.created(name);
    if (properties.RetentionInDays !== undefined) {
      await ctx.call("logs", "PutRetentionPolicy", {
        logGroupName: name,
        retentionInDays: properties.RetentionInDays,
      });
    }
    return name;
  },

  async update(ctx, name, before, after) {
    if (after.RetentionInDays !== undefined) {
      await ctx.call("logs", "PutRetentionPolicy", { logGroupName: name, retentionInDays: after.RetentionInDays });
    } else if (before.RetentionInDays !== undefined) {
      await ctx.call("logs", "DeleteRetentionPolicy", { logGroupName: name });
    }
    const { set, removed } = tagChanges(before.Tags, after.Tags);
    const resourceArn = (await findGroup(ctx, name))?.logGroupArn ?? "";
    if (removed.length > 0) await ctx.call("logs", "UntagResource", { resourceArn, tagKeys: removed });
    if (Object.keys(set).length > 0) await ctx.call("logs", "TagResource", { resourceArn, tags: set });
  },

  async remove(ctx, name) {
    await unless(ctx.call("logs", "DeleteLogGroup", { logGroupName: name }), "ResourceNotFoundException");
  },

  read: async (ctx, name) => ({ Arn: (await findGroup(ctx, name))?.arn ?? "" }),
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-logstream.html */
export const logStream = defineProvider({
  type: "AWS::Logs::LogStream",
  properties: {
    LogGroupName: required(replaces(text({ min: 1, max: 512, pattern: /^[.\-_/#A-Za-z0-9]{1,512}$/ }))),
    LogStreamName: replaces(text({ min: 1, max: 512, pattern: /^[^:*]*$/ })),
  },
  attributes: [],
  name: { property: "LogStreamName", maxLength: 512 },

  async find(ctx, { LogGroupName }, name) {
    const { logStreams = [] } = await ctx.call("logs", "DescribeLogStreams", {
      logGroupName: LogGroupName,
      logStreamNamePrefix: name,
    });
    return logStreams.some(({ logStreamName }) => logStreamName === name) ? name : undefined;
  },

  async create(ctx, { LogGroupName }, name) {
    await ctx.call("logs", "CreateLogStream", { logGroupName: LogGroupName, logStreamName: name });
    ctx.created(name);
    return name;
  },

  // every property replaces the stream
  async update() {},

  async remove(ctx, name, { LogGroupName }) {
    const deleting = ctx.call("logs", "DeleteLogStream", { logGroupName: LogGroupName, logStreamName: name });
    await unless(deleting, "ResourceNotFoundException");
  },

  read: async () => ({}),
});

export const logsResources = [logGroup, logStream, metricFilter, subscriptionFilter];
