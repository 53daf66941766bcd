import { resourceNotFound, limitExceeded } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Operation } from "../index.ts";
import type { Resource } from "../model.ts";
import { own } from "../own.ts";
import { checkPlace, pathBelow } from "../path-part.ts";
import { resourceView } from "../views.ts";

/** AWS's quota of an API. */
const MOST_RESOURCES = 300;

/**
 * Adds a resource below another.
 * @throws NotFoundException, BadRequestException, ConflictException, LimitExceededException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateResource.html
 */
export const createResource: Operation<"CreateResource"> = ({ store, ids }, { restApiId, parentId, pathPart }) => {
  const api = store.findApi(restApiId);
  const parent = own(api?.definition.resources, parentId);
  if (!api || !parent) throw resourceNotFound();
  checkPlace(api.definition, parent, pathPart);
  const { resources } = api.definition;
  if (Object.keys(resources).length >= MOST_RESOURCES) {
    throw limitExceeded(
      "Maximum number of resources for this API has been reached. Please contact AWS if you need additional resources.",
    );
  }
  const resource: Resource = { id: newId(ids, 6), parentId, pathPart, path: pathBelow(parent, pathPart), methods: {} };
  store.changeDefinition(restApiId, () => ({ resources: { ...resources, [resource.id]: resource } }));
  return resourceView(resource);
};
