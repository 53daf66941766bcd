import { describeAttributes } from "../attributes.ts";
import type { Operation } from "../index.ts";
import { requireQueue } from "../queue-reference.ts";

/**
 * The attributes of a queue that the request names; what is called approximate is exact here.
 * @throws QueueDoesNotExist, InvalidAttributeName
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
export const getQueueAttributes: Operation<"GetQueueAttributes"> = (ctx, input) => {
  const queue = requireQueue(ctx, input.QueueUrl);
  const names = input.AttributeNames ?? [];
  const attributes = describeAttributes(queue, ctx.store.messages.counters(queue), names);
  return Object.keys(attributes).length === 0 ? {} : { Attributes: attributes };
};
