import { topicOf } from "../arn.ts";
import { batchTooLong, emptyBatch, idsNotDistinct, invalidEntryId, tooManyEntries } from "../errors.ts";
import type { Operation } from "../index.ts";
import { checkDraft, LARGEST_BYTES, publishAll, requireKey } from "../publishing.ts";

const MOST_ENTRIES = 10;
const LONGEST_ID = 80;

/**
 * Publishes up to ten messages to a topic. One that is not well-formed refuses them all.
 * @throws BatchEntryIdsNotDistinct, BatchRequestTooLong, EmptyBatchRequest, InvalidBatchEntryId, InvalidParameter,
 *   NotFound, ParameterValueInvalid, TooManyEntriesInBatchRequest
 * @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
 */
export const publishBatch: Operation<"PublishBatch"> = (ctx, input) => {
  const entries = input.PublishBatchRequestEntries;
  const arn = topicOf(ctx, input.TopicArn);
  checkIds(entries.map(({ Id }) => Id));
  const topic = ctx.store.topic(arn);
  requireKey(ctx, topic);
  const checked = entries.map((entry) => checkDraft(topic, entry));
  if (checked.reduce((sum, { bytes }) => sum + bytes, 0) > LARGEST_BYTES) throw batchTooLong();
  const published = publishAll(ctx, topic.arn, checked);
  return { Successful: entries.map(({ Id }, index) => ({ Id, ...published[index] })), Failed: [] };
};

function checkIds(ids: readonly string[]): void {
  if (ids.length === 0) throw emptyBatch();
  if (ids.length > MOST_ENTRIES) throw tooManyEntries();
  if (new Set(ids).size < ids.length) throw idsNotDistinct();
  for (const id of ids) {
    if (id.length > LONGEST_ID) throw invalidEntryId(`The Id of a batch entry in the batch request is too long: ${id}`);
    if (!/^[\w-]+$/.test(id)) {
      throw invalidEntryId(`The Id of a batch entry in the batch request contains an impermissible character: ${id}`);
    }
  }
}
