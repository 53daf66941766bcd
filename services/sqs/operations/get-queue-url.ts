import { missingParameter, queueNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { queueUrl } from "../queue-reference.ts";

/**
 * The URL of a queue of this or, by QueueOwnerAWSAccountId, of another account.
 * @throws QueueDoesNotExist
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html
 */
export const getQueueUrl: Operation<"GetQueueUrl"> = (ctx, input) => {
  if (input.QueueName === undefined) throw missingParameter("QueueName");
  const queue = ctx.store.find(input.QueueName, input.QueueOwnerAWSAccountId);
  if (!queue) throw queueNotFound();
  return { QueueUrl: queueUrl(ctx, queue) };
};
