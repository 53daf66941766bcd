import { badRequest } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireResource } from "../lookup.ts";
import { subtree } from "../path-part.ts";

/**
 * Deletes a resource with everything below it.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteResource.html
 */
export const deleteResource: Operation<"DeleteResource"> = ({ store }, input) => {
  const { api } = requireResource(store, input);
  if (input.resourceId === api.definition.rootResourceId) throw badRequest("Unable to delete the root resource");
  store.changeDefinition(input.restApiId, ({ resources }) => {
    const gone = subtree(resources, input.resourceId);
    return { resources: Object.fromEntries(Object.entries(resources).filter(([id]) => !gone.has(id))) };
  });
  return {};
};
