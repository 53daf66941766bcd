import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { resourceView } from "../views.ts";

/**
 * Lists the resources of an API by their paths.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetResources.html
 */
export const getResources: Operation<"GetResources"> = ({ store }, input) => {
  const resources = Object.values(store.api(input.restApiId).definition.resources);
  const byPath = resources.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const { items, position } = page(byPath, ({ id }) => id, input);
  const withMethods = input.embed?.includes("methods");
  return { items: items.map((item) => resourceView(item, withMethods)), ...(position !== undefined && { position }) };
};
