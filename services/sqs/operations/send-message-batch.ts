import { batchAnswer, checkBatch, forEach } from "../batch.ts";
import { draftOf, entryBytes, sentResult } from "../draft.ts";
import { batchTooLong } from "../errors.ts";
import type { Operation } from "../index.ts";
import { publishSent } from "../metrics.ts";
import { requireQueue } from "../queue-reference.ts";
import type { Sent } from "../tables.ts";

const LIMIT_BYTES = 1_048_576;

/**
 * Adds up to ten messages, in order; each is answered for itself.
 * @throws QueueDoesNotExist, BatchRequestTooLong, EmptyBatchRequest, TooManyEntriesInBatchRequest
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export const sendMessageBatch: Operation<"SendMessageBatch"> = (ctx, input) => {
  const queue = requireQueue(ctx, input.QueueUrl);
  const entries = checkBatch(input.Entries, "SendMessageBatchRequestEntry");
  const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > LIMIT_BYTES) throw batchTooLong(bytes, LIMIT_BYTES);
  const { done, failed } = forEach(entries, (entry) => draftOf(ctx, queue, entry));
  const drafts = done.map(({ result }) => result);
  const sent = ctx.store.messages.send(queue, drafts);
  ctx.engine.changed(queue);
  publishSent(ctx, queue, drafts);
  const successful = done.map(({ entry, result }, index) => ({
    Id: entry.Id,
    ...sentResult(result, sent[index] as Sent),
  }));
  return batchAnswer(successful, failed);
};
