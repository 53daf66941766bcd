import type { Operation } from "../index.ts";
import { activeStream } from "../resolve.ts";
import { requireTags } from "../tags.ts";

/**
 * Sets tags of a stream, up to 50 in all.
 * @throws ResourceNotFoundException, ResourceInUseException unless the stream is ACTIVE, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html
 */
export const addTagsToStream: Operation<"AddTagsToStream"> = (ctx, input) => {
  const live = activeStream(ctx, input);
  const tags = { ...live.stream.tags, ...input.Tags };
  requireTags(live.stream.name, ctx.account, tags);
  ctx.store.update(live, { tags });
  return {};
};
