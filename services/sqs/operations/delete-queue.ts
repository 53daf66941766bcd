import type { Operation } from "../index.ts";
import { requireOwnQueue } from "../queue-reference.ts";

/**
 * Deletes a queue with its messages; its name rests for a minute.
 * @throws QueueDoesNotExist
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
 */
export const deleteQueue: Operation<"DeleteQueue"> = (ctx, input) => {
  const queue = requireOwnQueue(ctx, input.QueueUrl);
  ctx.store.remove(queue);
  ctx.engine.changed(queue);
  return {};
};
