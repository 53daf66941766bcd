import { readOnly, replaces, required, text } from "../../cloudformation/properties.ts";
import { defineProvider, type ProviderContext, unless } from "../../cloudformation/provider.ts";
import { GONE } from "./shared.ts";

async function findChild(ctx: ProviderContext, restApiId: string, parentId: string, pathPart: string) {
  for (let position: string | undefined; ;) {
    const page = await unless(
      ctx.call("apigateway", "GetResources", { restApiId, limit: 500, ...(position !== undefined && { position }) }),
      GONE,
    );
    const found = page?.items?.find((item) => item.parentId === parentId && item.pathPart === pathPart);
    if (found || page?.position === undefined) return found?.id;
    position = page.position;
  }
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-resource.html */
export const resource = defineProvider({
  type: "AWS::ApiGateway::Resource",
  properties: {
    RestApiId: replaces(required(text())),
    ParentId: replaces(required(text())),
    PathPart: replaces(required(text())),
    ResourceId: readOnly(),
  },
  attributes: ["ResourceId"],

  find: (ctx, { RestApiId, ParentId, PathPart }) => findChild(ctx, RestApiId, ParentId, PathPart),

  async create(ctx, { RestApiId, ParentId, PathPart }) {
    const { id = "" } = await ctx.call("apigateway", "CreateResource", {
      restApiId: RestApiId,
      parentId: ParentId,
      pathPart: PathPart,
    });
    ctx.created(id);
    return id;
  },

  // every property means a replacement
  async update() {},

  async remove(ctx, resourceId, { RestApiId }) {
    await unless(ctx.call("apigateway", "DeleteResource", { restApiId: RestApiId, resourceId }), GONE);
  },

  read: async (_ctx, id) => ({ ResourceId: id }),
});
