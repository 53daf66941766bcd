import { mergeAttributes } from "../attributes.ts";
import { invalidAttributeValue, missingParameter, unknownAttribute } from "../errors.ts";
import type { Operation } from "../index.ts";
import { isFifo } from "../model.ts";
import { requireOwnQueue } from "../queue-reference.ts";

/**
 * Changes attributes of a queue, at once.
 * @throws QueueDoesNotExist, InvalidAttributeName, InvalidAttributeValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export const setQueueAttributes: Operation<"SetQueueAttributes"> = (ctx, input) => {
  const queue = requireOwnQueue(ctx, input.QueueUrl);
  if (input.Attributes === undefined) throw missingParameter("Attributes");
  const given = { ...input.Attributes } as Record<string, string>;
  if (given["FifoQueue"] !== undefined) {
    if (!isFifo(queue)) throw unknownAttribute("FifoQueue");
    if (given["FifoQueue"].toLowerCase() !== "true") {
      throw invalidAttributeValue("FifoQueue", "Modifying queue type is not supported.");
    }
  }
  const attributes = mergeAttributes(ctx.store, queue, given);
  const changed = { ...queue, attributes, modifiedAt: ctx.clock.now() };
  ctx.store.put(changed);
  ctx.engine.changed(changed);
  return {};
};
