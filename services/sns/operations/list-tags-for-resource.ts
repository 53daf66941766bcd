import type { Operation } from "../index.ts";
import { taggedTopic } from "../tagged-topic.ts";

/**
 * Answers the tags of a topic.
 * @throws InvalidParameter, ResourceNotFound
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ListTagsForResource.html
 */
export const listTagsForResource: Operation<"ListTagsForResource"> = (ctx, input) => ({
  Tags: [...taggedTopic(ctx, input.ResourceArn).tags],
});
