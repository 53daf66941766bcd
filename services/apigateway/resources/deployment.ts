import { object, readOnly, refused, replaces, required, text } from "../../cloudformation/properties.ts";
import { defineProvider, tagMap, unless } from "../../cloudformation/provider.ts";
import { GONE, replace } from "./shared.ts";
import { deployedStageSettings, stagePatches, withMethodSettings } from "./stage-settings.ts";

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html */
export const deployment = defineProvider({
  type: "AWS::ApiGateway::Deployment",
  properties: {
    RestApiId: replaces(required(text())),
    Description: text(),
    StageName: replaces(text()),
    StageDescription: replaces(object(deployedStageSettings)),
    DeploymentCanarySettings: refused(),
    DeploymentId: readOnly(),
  },
  attributes: ["DeploymentId"],

  check({ StageName, StageDescription }, later) {
    const isKnown = StageName !== undefined || later.includes("StageName");
    return StageDescription && !isKnown ? "StageDescription cannot be specified when stage name is empty" : undefined;
  },

  // a deployment is like no other
  find: async () => undefined,

  async create(ctx, { RestApiId, Description, StageName, StageDescription }) {
    const stage = StageDescription && withMethodSettings(StageDescription);
    const { id = "" } = await ctx.call("apigateway", "CreateDeployment", {
      restApiId: RestApiId,
      ...(Description !== undefined && { description: Description }),
      ...(StageName !== undefined && { stageName: StageName }),
      ...(stage?.Description !== undefined && { stageDescription: stage.Description }),
      ...(stage?.Variables && { variables: stage.Variables }),
    });
    ctx.created(id);
    if (!stage || StageName === undefined) return id;
    const { Description: _description, Variables: _variables, ...rest } = stage;
    const patchOperations = stagePatches({}, rest);
    const restApiId = RestApiId;
    if (patchOperations.length > 0) {
      await ctx.call("apigateway", "UpdateStage", { restApiId, stageName: StageName, patchOperations });
    }
    if (stage.Tags?.length) {
      const resourceArn = `arn:aws:apigateway:${ctx.region}::/restapis/${RestApiId}/stages/${StageName}`;
      await ctx.call("apigateway", "TagResource", { resourceArn, tags: tagMap(stage.Tags) });
    }
    return id;
  },

  async update(ctx, deploymentId, _before, { RestApiId, Description }) {
    await ctx.call("apigateway", "UpdateDeployment", {
      restApiId: RestApiId,
      deploymentId,
      patchOperations: [replace("/description", Description)],
    });
  },

  async remove(ctx, deploymentId, { RestApiId, StageName }) {
    if (StageName !== undefined) {
      // the stage that came with the deployment goes with it, unless it answers with another by now
      const id = { restApiId: RestApiId, stageName: StageName };
      const stage = await unless(ctx.call("apigateway", "GetStage", id), GONE);
      if (stage?.deploymentId === deploymentId) await unless(ctx.call("apigateway", "DeleteStage", id), GONE);
    }
    await unless(ctx.call("apigateway", "DeleteDeployment", { restApiId: RestApiId, deploymentId }), GONE);
  },

  read: async (_ctx, id) => ({ DeploymentId: id }),
});
