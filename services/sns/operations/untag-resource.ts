import type { Operation } from "../index.ts";
import { taggedTopic } from "../tagged-topic.ts";
import { refuseSystemTags } from "../tags.ts";

/**
 * Removes tags of a topic by their keys.
 * @throws InvalidParameter, ResourceNotFound
 * @see https://docs.aws.amazon.com/sns/latest/api/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = (ctx, input) => {
  const topic = taggedTopic(ctx, input.ResourceArn);
  refuseSystemTags(input.TagKeys);
  ctx.store.putTopic({ ...topic, tags: topic.tags.filter(({ Key }) => !input.TagKeys.includes(Key)) });
  return {};
};
