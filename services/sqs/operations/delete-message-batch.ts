import { batchAnswer, checkBatch, forEach } from "../batch.ts";
import type { Operation } from "../index.ts";
import { publish } from "../metrics.ts";
import { requireQueue } from "../queue-reference.ts";
import { readReceiptHandle } from "../receipt-handle.ts";

/**
 * Removes up to ten messages; each is answered for itself.
 * @throws QueueDoesNotExist, EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html
 */
export const deleteMessageBatch: Operation<"DeleteMessageBatch"> = (ctx, input) => {
  const queue = requireQueue(ctx, input.QueueUrl);
  const entries = checkBatch(input.Entries, "DeleteMessageBatchRequestEntry");
  const { done, failed } = forEach(entries, (entry) =>
    ctx.store.messages.remove(queue, readReceiptHandle(queue, entry.ReceiptHandle)),
  );
  ctx.engine.changed(queue);
  if (done.length > 0) publish(ctx, queue, "NumberOfMessagesDeleted", done.length);
  return batchAnswer(
    done.map(({ entry }) => ({ Id: entry.Id })),
    failed,
  );
};
