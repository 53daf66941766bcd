import type { Operation } from "../index.ts";
import { requireOwnQueue } from "../queue-reference.ts";

/**
 * The tags of a queue.
 * @throws QueueDoesNotExist
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueueTags.html
 */
export const listQueueTags: Operation<"ListQueueTags"> = (ctx, input) => {
  const { tags } = requireOwnQueue(ctx, input.QueueUrl);
  return Object.keys(tags).length === 0 ? {} : { Tags: { ...tags } };
};
