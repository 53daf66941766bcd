import type { Operation } from "../index.ts";
import { mergeTags } from "../tags.ts";
import { taggedTopic } from "../tagged-topic.ts";

/**
 * Adds tags to a topic; a key that is there gets the new value.
 * @throws InvalidParameter, ResourceNotFound, TagLimitExceeded
 * @see https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html
 */
export const tagResource: Operation<"TagResource"> = (ctx, input) => {
  const topic = taggedTopic(ctx, input.ResourceArn);
  ctx.store.putTopic({ ...topic, tags: mergeTags(topic.tags, input.Tags) });
  return {};
};
