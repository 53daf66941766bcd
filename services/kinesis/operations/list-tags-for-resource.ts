import type { Operation } from "../index.ts";
import { taggedStream } from "../resolve.ts";
import { sortedTags } from "../tags.ts";

/**
 * The tags of the stream of an ARN, by key.
 * @throws ResourceNotFoundException, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForResource.html
 */
export const listTagsForResource: Operation<"ListTagsForResource"> = (ctx, input) => ({
  Tags: sortedTags(taggedStream(ctx, input.ResourceARN).stream.tags),
});
