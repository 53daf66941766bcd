import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";
import { requireTagCharacters, without } from "../tags.ts";

/**
 * Removes tags of a stream; a key that it has not is ignored.
 * @throws ResourceNotFoundException, ResourceInUseException unless the stream is ACTIVE, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RemoveTagsFromStream.html
 */
export const removeTagsFromStream: Operation<"RemoveTagsFromStream"> = (ctx, input) => {
  const live = activeStream(ctx, input);
  requireTagCharacters(input.TagKeys);
  ctx.store.update(live, { tags: without(live.stream.tags, input.TagKeys) });
  return {};
};
