import type { Operation } from "../index.ts";
import { requireTagged } from "../tagged-resource.ts";

/**
 * Removes tags from a function or an event source mapping.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = (ctx, input) => {
  const resource = requireTagged(ctx, input.Resource);
  const left = Object.entries(resource.tags).filter(([key]) => !input.TagKeys.includes(key));
  resource.put(Object.fromEntries(left));
  return {};
};
