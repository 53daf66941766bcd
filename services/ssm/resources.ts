import { choice, map, refused, replaces, required, text } from "../cloudformation/properties.ts";
import { defineProvider, unless } from "../cloudformation/provider.ts";

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html */
export const parameter = defineProvider({
  type: "AWS::SSM::Parameter",
  properties: {
    Name: replaces(text({ min: 1, max: 2048 })),
    Type: required(choice("String", "StringList")),
    Value: required(text()),
    Description: text({ max: 1024 }),
    AllowedPattern: text({ max: 1024 }),
    Tier: choice("Standard", "Advanced", "Intelligent-Tiering"),
    DataType: text(),
    Tags: map(text({ max: 256 })),
    Policies: refused(),
  },
  attributes: ["Type", "Value"],
  name: { property: "Name", maxLength: 1011 },

  systemTagged: ({ account, region }, name) =>
    `arn:aws:ssm:${region}:${account}:parameter${name.startsWith("/") ? name : `/${name}`}`,

  find: async (ctx, _properties, name) => {
    const found = await unless(ctx.call("ssm", "GetParameter", { Name: name }), "ParameterNotFound");
    return found && name;
  },

  async create(ctx, properties, name) {
    const { Tags, Name: _name, ...settings } = properties;
    const tags = Object.entries(Tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
    await ctx.call("ssm", "PutParameter", { ...settings, Name: name, ...(tags.length > 0 && { Tags: tags }) });
    ctx.created(name);
    return name;
  },

  async update(ctx, name, before, after) {
    const { Tags: had = {}, ...old } = before;
    const { Tags: has = {}, Name: _name, ...settings } = after;
    const cleared = {
      ...(old.Description !== undefined && { Description: "" }),
      ...(old.AllowedPattern !== undefined && { AllowedPattern: "" }),
    };
    await ctx.call("ssm", "PutParameter", { ...cleared, ...settings, Name: name, Overwrite: true });
    const resource = { ResourceType: "Parameter", ResourceId: name } as const;
    const removed = Object.keys(had).filter((key) => !(key in has));
    const set = Object.entries(has).filter(([key, value]) => had[key] !== value);
    if (removed.length > 0) await ctx.call("ssm", "RemoveTagsFromResource", { ...resource, TagKeys: removed });
    if (set.length > 0) {
      await ctx.call("ssm", "AddTagsToResource", { ...resource, Tags: set.map(([Key, Value]) => ({ Key, Value })) });
    }
  },

  async remove(ctx, name) {
    await unless(ctx.call("ssm", "DeleteParameter", { Name: name }), "ParameterNotFound");
  },

  async read(ctx, name) {
    const { Parameter } = await ctx.call("ssm", "GetParameter", { Name: name });
    return { Type: Parameter?.Type ?? "", Value: Parameter?.Value ?? "" };
  },
});

export const ssmResources = [parameter];
