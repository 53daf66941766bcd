import type { Operation } from "../index.ts";
import { taggedResource } from "../tagged.ts";
import { sortedTags } from "../tags.ts";

/**
 * The tags of the stream or consumer of an ARN, by key.
 * @throws ResourceNotFoundException, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForResource.html
 */
export const listTagsForResource: Operation<"ListTagsForResource"> = (ctx, input) => ({
  Tags: sortedTags(taggedResource(ctx, input.ResourceARN).tags),
});
