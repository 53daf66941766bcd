import type { Operation } from "../index.ts";
import { requireQueue } from "../queue-reference.ts";
import { changeVisibility } from "../visibility.ts";

/**
 * Lets the visibility timeout of a message in flight end so many seconds from now; 0: others can receive it at once.
 * @throws QueueDoesNotExist, ReceiptHandleIsInvalid, MessageNotInflight, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
 */
export const changeMessageVisibility: Operation<"ChangeMessageVisibility"> = (ctx, input) => {
  const queue = requireQueue(ctx, input.QueueUrl);
  changeVisibility(ctx.store, queue, input);
  ctx.engine.changed(queue);
  return {};
};
