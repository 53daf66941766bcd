import type { Operation } from "../index.ts";
import { publish } from "../metrics.ts";
import { requireQueue } from "../queue-reference.ts";
import { readReceiptHandle } from "../receipt-handle.ts";

/**
 * Removes a message that was received; that it is gone already is no error.
 * @throws QueueDoesNotExist, ReceiptHandleIsInvalid, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
 */
export const deleteMessage: Operation<"DeleteMessage"> = (ctx, input) => {
  const queue = requireQueue(ctx, input.QueueUrl);
  ctx.store.messages.remove(queue, readReceiptHandle(queue, input.ReceiptHandle));
  ctx.engine.changed(queue);
  publish(ctx, queue, "NumberOfMessagesDeleted", 1);
  return {};
};
