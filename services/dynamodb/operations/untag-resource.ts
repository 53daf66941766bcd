import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { taggedResource } from "../tags.ts";

/**
 * Removes tags of a table or a stream by their keys.
 * @throws ResourceNotFoundException, ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = (ctx, input) => {
  if (input.TagKeys.length === 0) throw validationError("Atleast one Tag Key needs to be provided as Input.");
  const resource = taggedResource(ctx, input.ResourceArn);
  const removed = new Set(input.TagKeys);
  const tags = Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !removed.has(key)));
  resource.put(tags);
  return {};
};
