import { badRequest, conflict } from "./errors.ts";
import type { ApiDefinition, Resource } from "./model.ts";

const PATH_PART = /^(?:[a-zA-Z0-9._\-:]+|\{[a-zA-Z0-9._\-:]+\+?\})$/;

const isVariable = (part: string | undefined): boolean => part?.startsWith("{") === true;

const isGreedy = (part: string | undefined): boolean => part?.endsWith("+}") === true;

/**
 * What may not stand below a parent: a second variable, a name twice, anything below a greedy variable.
 * @throws BadRequestException, ConflictException
 */
export function checkPlace(
  { resources }: Pick<ApiDefinition, "resources">,
  parent: Resource,
  pathPart: string,
  self?: string,
): void {
  if (!PATH_PART.test(pathPart)) {
    throw badRequest(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    );
  }
  if (isGreedy(parent.pathPart)) {
    throw badRequest(`Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`);
  }
  const siblings = Object.values(resources).filter(({ id, parentId }) => parentId === parent.id && id !== self);
  if (siblings.some((sibling) => sibling.pathPart === pathPart)) {
    throw conflict(`Another resource with the same parent already has this name: ${pathPart}`);
  }
  const variable = siblings.find((sibling) => isVariable(sibling.pathPart));
  if (variable && isVariable(pathPart)) {
    throw badRequest(
      `A sibling (${variable.pathPart}) of this resource already has a variable path part -- only one is allowed`,
    );
  }
}

export const pathBelow = (parent: Resource, pathPart: string): string =>
  parent.path === "/" ? `/${pathPart}` : `${parent.path}/${pathPart}`;

/** A resource and everything below it. */
export function subtree(resources: ApiDefinition["resources"], rootId: string): Set<string> {
  const ids = new Set([rootId]);
  for (let before = -1; before !== ids.size;) {
    before = ids.size;
    for (const { id, parentId } of Object.values(resources)) if (ids.has(parentId ?? "")) ids.add(id);
  }
  return ids;
}

/** The resources with the paths that their places give them. */
export function withPaths(resources: ApiDefinition["resources"]): Record<string, Resource> {
  const pathOf = (resource: Resource): string => {
    const parent = resources[resource.parentId ?? ""];
    return parent ? pathBelow({ ...parent, path: pathOf(parent) }, resource.pathPart ?? "") : "/";
  };
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => [id, { ...resource, path: pathOf(resource) }]),
  );
}
