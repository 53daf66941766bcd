import type { Operation } from "../index.ts";
import { taggedResource } from "../tagged.ts";
import { requireTagCharacters, without } from "../tags.ts";

/**
 * Removes tags of the stream or consumer of an ARN; a key that it has not is ignored.
 * @throws ResourceNotFoundException, ResourceInUseException unless it is ACTIVE, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = (ctx, input) => {
  const resource = taggedResource(ctx, input.ResourceARN);
  resource.requireActive();
  requireTagCharacters(input.TagKeys);
  resource.setTags(without(resource.tags, input.TagKeys));
  return {};
};
