import { flag, list, object, readOnly, replaces, tags, text } from "../../cloudformation/properties.ts";
import { defineProvider, tagMap, unless } from "../../cloudformation/provider.ts";
import { arnOf, given, GONE, replace, setTags } from "./shared.ts";

const stagesOf = (keys: readonly { RestApiId?: string; StageName?: string }[] | undefined): string[] =>
  (keys ?? []).map(({ RestApiId = "", StageName = "" }) => `${RestApiId}/${StageName}`);

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-apikey.html */
export const apiKey = defineProvider({
  type: "AWS::ApiGateway::ApiKey",
  properties: {
    Name: replaces(text()),
    Value: replaces(text({ min: 20, max: 128 })),
    GenerateDistinctId: replaces(flag()),
    CustomerId: text(),
    Description: text(),
    Enabled: flag(),
    StageKeys: list(object({ RestApiId: text(), StageName: text() })),
    Tags: tags(),
    APIKeyId: readOnly(),
  },
  attributes: ["APIKeyId"],
  name: { property: "Name", maxLength: 128 },

  systemTagged: (ctx, id) => arnOf(ctx, `apikeys/${id}`),

  // names of keys need not be unique
  find: async () => undefined,

  async create(ctx, values, name) {
    const { id = "" } = await ctx.call("apigateway", "CreateApiKey", {
      name,
      enabled: values.Enabled ?? false,
      ...given({
        value: values.Value,
        generateDistinctId: values.GenerateDistinctId,
        customerId: values.CustomerId,
        description: values.Description,
        stageKeys: values.StageKeys?.map(({ RestApiId, StageName }) =>
          given({ restApiId: RestApiId, stageName: StageName }),
        ),
      }),
      ...(values.Tags?.length && { tags: tagMap(values.Tags) }),
    });
    ctx.created(id);
    return id;
  },

  async update(ctx, id, before, after) {
    const old = stagesOf(before.StageKeys);
    const next = stagesOf(after.StageKeys);
    await ctx.call("apigateway", "UpdateApiKey", {
      apiKey: id,
      patchOperations: [
        replace("/enabled", after.Enabled ?? false),
        replace("/description", after.Description),
        replace("/customerId", after.CustomerId),
        ...old
          .filter((stage) => !next.includes(stage))
          .map((value) => ({ op: "remove" as const, path: "/stages", value })),
        ...next
          .filter((stage) => !old.includes(stage))
          .map((value) => ({ op: "add" as const, path: "/stages", value })),
      ],
    });
    await setTags(ctx, `apikeys/${id}`, before.Tags, after.Tags);
  },

  async remove(ctx, id) {
    await unless(ctx.call("apigateway", "DeleteApiKey", { apiKey: id }), GONE);
  },

  read: async (_ctx, id) => ({ APIKeyId: id }),
});
