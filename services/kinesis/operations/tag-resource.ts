import type { Operation } from "../index.ts";
import { taggedResource } from "../tagged.ts";
import { requireTags } from "../tags.ts";

/**
 * Sets tags of the stream or consumer of an ARN, up to 50 in all.
 * @throws ResourceNotFoundException, ResourceInUseException unless it is ACTIVE, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_TagResource.html
 */
export const tagResource: Operation<"TagResource"> = (ctx, input) => {
  const resource = taggedResource(ctx, input.ResourceARN);
  resource.requireActive();
  const tags = { ...resource.tags, ...input.Tags };
  requireTags(resource.stream, ctx.account, tags);
  resource.setTags(tags);
  return {};
};
