import { missingParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { withPermission } from "../policy.ts";
import { requireOwnQueue } from "../queue-reference.ts";

/**
 * Lets other accounts do something with a queue: adds a statement to its policy.
 * @throws QueueDoesNotExist, OverLimit, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
 */
export const addPermission: Operation<"AddPermission"> = (ctx, input) => {
  const queue = requireOwnQueue(ctx, input.QueueUrl);
  if (input.Label === undefined) throw missingParameter("Label");
  const Policy = withPermission(queue, input.Label, input.AWSAccountIds, input.Actions);
  ctx.store.put({ ...queue, attributes: { ...queue.attributes, Policy } });
  return {};
};
