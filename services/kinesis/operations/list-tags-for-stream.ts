import type { Operation } from "../index.ts";
import { findStream } from "../resolve.ts";
import { sortedTags } from "../tags.ts";

/**
 * A stream's tags by key, after `ExclusiveStartTagKey`.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForStream.html
 */
export const listTagsForStream: Operation<"ListTagsForStream"> = (ctx, input) => {
  const { stream } = findStream(ctx, input);
  const after = input.ExclusiveStartTagKey;
  const tags = sortedTags(stream.tags).filter(({ Key }) => after === undefined || Key > after);
  const page = tags.slice(0, input.Limit ?? tags.length);
  return { Tags: page, HasMoreTags: page.length < tags.length };
};
