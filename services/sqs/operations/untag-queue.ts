import { missingParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireOwnQueue } from "../queue-reference.ts";

/**
 * Removes tags from a queue.
 * @throws QueueDoesNotExist
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_UntagQueue.html
 */
export const untagQueue: Operation<"UntagQueue"> = (ctx, input) => {
  const queue = requireOwnQueue(ctx, input.QueueUrl);
  const keys = input.TagKeys;
  if (!keys?.length) throw missingParameter("TagKeys");
  const tags = Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !keys.includes(key)));
  ctx.store.put({ ...queue, tags });
  return {};
};
