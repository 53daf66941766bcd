import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { taggedResource, withTags } from "../tags.ts";

/**
 * Adds tags to a table or a stream, over those of the same keys.
 * @throws ResourceNotFoundException, ValidationException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
 */
export const tagResource: Operation<"TagResource"> = (ctx, input) => {
  if (input.Tags.length === 0) throw validationError("Atleast one Tag needs to be provided as Input.");
  const resource = taggedResource(ctx, input.ResourceArn);
  resource.put(withTags(resource.tags, input.Tags));
  return {};
};
