import { refused, replaces, required, text } from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, tagMap, unless } from "../../cloudformation/provider.ts";
import { arnOf, GONE, replace, setTags } from "./shared.ts";
import { stagePatches, stageSettings, type StageValues } from "./stage-settings.ts";

/** Creates a stage and gives it the settings that only UpdateStage takes. */
export async function createStage(
  ctx: ProviderContext,
  id: { restApiId: string; stageName: string; deploymentId: string },
  settings: StageValues,
  created: () => void,
): Promise<void> {
  await ctx.call("apigateway", "CreateStage", {
    ...id,
    ...(settings.Description !== undefined && { description: settings.Description }),
    ...(settings.Variables && { variables: settings.Variables }),
    ...(settings.Tags?.length && { tags: tagMap(settings.Tags) }),
  });
  created();
  const { Description, Variables } = settings;
  const before = { ...(Description !== undefined && { Description }), ...(Variables && { Variables }) };
  const patchOperations = stagePatches(before, settings);
  if (patchOperations.length > 0) await ctx.call("apigateway", "UpdateStage", { ...id, patchOperations });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-stage.html */
export const stage = defineProvider({
  type: "AWS::ApiGateway::Stage",
  properties: {
    ...stageSettings,
    RestApiId: replaces(required(text())),
    StageName: replaces(text()),
    DeploymentId: text(),
    CanarySetting: refused(),
  },
  attributes: [],
  name: { property: "StageName", maxLength: 64 },

  systemTagged: (ctx, stageName, { RestApiId }) => arnOf(ctx, `restapis/${RestApiId}/stages/${stageName}`),

  async find(ctx, { RestApiId }, stageName) {
    const found = await unless(ctx.call("apigateway", "GetStage", { restApiId: RestApiId, stageName }), GONE);
    return found && stageName;
  },

  async create(ctx, values, stageName) {
    const id = { restApiId: values.RestApiId, stageName, deploymentId: values.DeploymentId ?? "" };
    await createStage(ctx, id, values, () => ctx.created(stageName));
    return stageName;
  },

  async update(ctx, stageName, before, after) {
    const patchOperations = [
      ...(before.DeploymentId === after.DeploymentId ? [] : [replace("/deploymentId", after.DeploymentId)]),
      ...stagePatches(before, after),
    ];
    const restApiId = after.RestApiId;
    if (patchOperations.length > 0)
      await ctx.call("apigateway", "UpdateStage", { restApiId, stageName, patchOperations });
    await setTags(ctx, `restapis/${restApiId}/stages/${stageName}`, before.Tags, after.Tags);
  },

  async remove(ctx, stageName, { RestApiId }) {
    await unless(ctx.call("apigateway", "DeleteStage", { restApiId: RestApiId, stageName }), GONE);
  },

  read: async () => ({}),
});
