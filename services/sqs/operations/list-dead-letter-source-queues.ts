import type { Operation } from "../index.ts";
import { pageOfQueues } from "../page.ts";
import { requireQueue } from "../queue-reference.ts";

/**
 * The queues that have this one as their dead-letter queue.
 * @throws QueueDoesNotExist, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html
 */
export const listDeadLetterSourceQueues: Operation<"ListDeadLetterSourceQueues"> = (ctx, input) => {
  const sources = ctx.store.sourcesOf(requireQueue(ctx, input.QueueUrl));
  const { urls, nextToken } = pageOfQueues(ctx, sources, input);
  return { queueUrls: urls, ...(nextToken !== undefined && { NextToken: nextToken }) };
};
