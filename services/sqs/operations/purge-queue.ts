import { purgeInProgress } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireQueue } from "../queue-reference.ts";

const INTERVAL_MS = 60_000;

/**
 * Removes all messages of a queue, those in flight included; not twice in a minute.
 * @throws QueueDoesNotExist, PurgeQueueInProgress
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
 */
export const purgeQueue: Operation<"PurgeQueue"> = (ctx, input) => {
  const queue = requireQueue(ctx, input.QueueUrl);
  const now = ctx.clock.now();
  if (queue.purgedAt !== undefined && now - queue.purgedAt < INTERVAL_MS) throw purgeInProgress(queue.name);
  ctx.store.put({ ...queue, purgedAt: now });
  ctx.store.messages.clear(queue);
  ctx.engine.changed(queue);
  return {};
};
