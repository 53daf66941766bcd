import { missingParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireOwnQueue } from "../queue-reference.ts";
import { checkTags } from "../tags.ts";

/**
 * Adds tags to a queue; a key that is there gets the new value.
 * @throws QueueDoesNotExist, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html
 */
export const tagQueue: Operation<"TagQueue"> = (ctx, input) => {
  const queue = requireOwnQueue(ctx, input.QueueUrl);
  if (input.Tags === undefined || Object.keys(input.Tags).length === 0) throw missingParameter("Tags");
  const tags = { ...queue.tags, ...input.Tags };
  checkTags(tags);
  ctx.store.put({ ...queue, tags });
  return {};
};
