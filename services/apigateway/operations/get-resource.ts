import type { Operation } from "../index.ts";
import { requireResource } from "../lookup.ts";
import { resourceView } from "../views.ts";

/**
 * One resource; `embed=methods` answers its methods in full.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetResource.html
 */
export const getResource: Operation<"GetResource"> = ({ store }, input) =>
  resourceView(requireResource(store, input).resource, input.embed?.includes("methods"));
