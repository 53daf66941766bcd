import type { Operation } from "../index.ts";
import { pageOfQueues } from "../page.ts";

/**
 * The URLs of the queues whose names begin with a prefix: up to 1,000, or in pages of MaxResults.
 * @throws InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html
 */
export const listQueues: Operation<"ListQueues"> = (ctx, input) => {
  const { urls, nextToken } = pageOfQueues(ctx, [...ctx.store.list(input.QueueNamePrefix)], input);
  return {
    ...(urls.length > 0 && { QueueUrls: urls }),
    ...(nextToken !== undefined && { NextToken: nextToken }),
  };
};
