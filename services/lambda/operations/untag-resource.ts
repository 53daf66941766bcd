import type { Operation } from "../index.ts";
import { refuseSystemTags } from "../settings.ts";
import { requireTagged } from "../tagged-resource.ts";

/**
 * Removes tags from a function or an event source mapping.
 * @throws ResourceNotFoundException, InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = (ctx, input) => {
  const resource = requireTagged(ctx, input.Resource);
  refuseSystemTags(input.TagKeys);
  const left = Object.entries(resource.tags).filter(([key]) => !input.TagKeys.includes(key));
  resource.put(Object.fromEntries(left));
  return {};
};
