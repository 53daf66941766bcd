import { draftOf, sentResult } from "../draft.ts";
import type { Operation } from "../index.ts";
import { publishSent } from "../metrics.ts";
import { requireQueue } from "../queue-reference.ts";

/**
 * Adds a message to a queue. A duplicate of a FIFO queue is answered as the first was, and not added.
 * @throws QueueDoesNotExist, InvalidMessageContents, InvalidParameterValue, MissingParameter
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const sendMessage: Operation<"SendMessage"> = (ctx, input) => {
  const queue = requireQueue(ctx, input.QueueUrl);
  const draft = draftOf(ctx, queue, input);
  const [sent] = ctx.store.messages.send(queue, [draft]);
  ctx.engine.changed(queue);
  publishSent(ctx, queue, [draft]);
  return sent ? sentResult(draft, sent) : {};
};
