import type { Operation } from "../index.ts";
import { requireActive, taggedStream } from "../resolve.ts";
import { requireTags } from "../tags.ts";

/**
 * Sets tags of the stream of an ARN, up to 50 in all.
 * @throws ResourceNotFoundException, ResourceInUseException unless the stream is ACTIVE, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_TagResource.html
 */
export const tagResource: Operation<"TagResource"> = (ctx, input) => {
  const live = taggedStream(ctx, input.ResourceARN);
  requireActive(ctx, live);
  const tags = { ...live.stream.tags, ...input.Tags };
  requireTags(live.stream.name, ctx.account, tags);
  ctx.store.update(live, { tags });
  return {};
};
