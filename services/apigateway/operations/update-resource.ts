import { badRequest, resourceNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireResource } from "../lookup.ts";
import type { ApiDefinition } from "../model.ts";
import { own } from "../own.ts";
import { applyPatches, type PatchRule } from "../patch.ts";
import { checkPlace, subtree, withPaths } from "../path-part.ts";
import { resourceView } from "../views.ts";

type Resources = Pick<ApiDefinition, "resources" | "rootResourceId">;

/** Moves or renames one resource; what is below it comes along. */
const rule = (resourceId: string, member: "parentId" | "pathPart"): PatchRule<Resources> => ({
  path: `/${member}`,
  ops: ["replace"],
  apply(definition, { value = "" }) {
    const { resources, rootResourceId } = definition;
    if (resourceId === rootResourceId) throw badRequest(`Root resource cannot update its ${member}.`);
    const resource = own(resources, resourceId);
    const parentId = member === "parentId" ? value : (resource?.parentId ?? "");
    const parent = own(resources, parentId);
    if (!resource || !parent) throw resourceNotFound();
    if (subtree(resources, resourceId).has(parentId)) throw badRequest("Resources cannot be cyclical.");
    const changed = { ...resource, [member]: value };
    checkPlace(definition, parent, changed.pathPart ?? "", resourceId);
    return { ...definition, resources: withPaths({ ...resources, [resourceId]: changed }) };
  },
});

/**
 * Gives a resource another name or another parent.
 * @throws NotFoundException, BadRequestException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateResource.html
 */
export const updateResource: Operation<"UpdateResource"> = ({ store }, input) => {
  const { api } = requireResource(store, input);
  const rules = [rule(input.resourceId, "parentId"), rule(input.resourceId, "pathPart")];
  const { resources } = applyPatches<Resources>(api.definition, input.patchOperations, rules, "listed");
  store.changeDefinition(input.restApiId, () => ({ resources }));
  return resourceView(requireResource(store, input).resource);
};
