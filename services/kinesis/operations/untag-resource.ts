import type { Operation } from "../index.ts";
import { requireActive, taggedStream } from "../resolve.ts";
import { requireTagCharacters, without } from "../tags.ts";

/**
 * Removes tags of the stream of an ARN; a key that it has not is ignored.
 * @throws ResourceNotFoundException, ResourceInUseException unless the stream is ACTIVE, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = (ctx, input) => {
  const live = taggedStream(ctx, input.ResourceARN);
  requireActive(ctx, live);
  requireTagCharacters(input.TagKeys);
  ctx.store.update(live, { tags: without(live.stream.tags, input.TagKeys) });
  return {};
};
