import type { Operation } from "../index.ts";

const DEFAULT_LIMIT = 50;

/**
 * Lists the tags of a stream by key.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/firehose/latest/APIReference/API_ListTagsForDeliveryStream.html
 */
export const listTagsForDeliveryStream: Operation<"ListTagsForDeliveryStream"> = (ctx, input) => {
  const { ExclusiveStartTagKey: after = "", Limit: limit = DEFAULT_LIMIT } = input;
  const all = Object.entries(ctx.store.stream(input.DeliveryStreamName).tags)
    .filter(([key]) => key > after)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    Tags: all.slice(0, limit).map(([Key, Value]) => ({ Key, Value })),
    HasMoreTags: all.length > limit,
  };
};
