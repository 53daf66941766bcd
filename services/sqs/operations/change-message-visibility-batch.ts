import { batchAnswer, checkBatch, forEach } from "../batch.ts";
import type { Operation } from "../index.ts";
import { requireQueue } from "../queue-reference.ts";
import { changeVisibility } from "../visibility.ts";

/**
 * Sets the visibility timeouts of up to ten messages; each is answered for itself.
 * @throws QueueDoesNotExist, EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html
 */
export const changeMessageVisibilityBatch: Operation<"ChangeMessageVisibilityBatch"> = (ctx, input) => {
  const queue = requireQueue(ctx, input.QueueUrl);
  const entries = checkBatch(input.Entries, "ChangeMessageVisibilityBatchRequestEntry");
  const { done, failed } = forEach(entries, (entry) => changeVisibility(ctx.store, queue, entry));
  ctx.engine.changed(queue);
  return batchAnswer(
    done.map(({ entry }) => ({ Id: entry.Id })),
    failed,
  );
};
