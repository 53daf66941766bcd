import { missingParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { withoutPermission } from "../policy.ts";
import { requireOwnQueue } from "../queue-reference.ts";

/**
 * Removes a statement from a queue's policy by its label.
 * @throws QueueDoesNotExist, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_RemovePermission.html
 */
export const removePermission: Operation<"RemovePermission"> = (ctx, input) => {
  const queue = requireOwnQueue(ctx, input.QueueUrl);
  if (input.Label === undefined) throw missingParameter("Label");
  const left = withoutPermission(queue, input.Label);
  const { Policy: _policy, ...attributes } = queue.attributes;
  ctx.store.put({ ...queue, attributes: left === undefined ? attributes : { ...attributes, Policy: left } });
  return {};
};
