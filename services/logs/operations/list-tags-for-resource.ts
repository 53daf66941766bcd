import { nameOfArn } from "../names.ts";
import type { Operation } from "../index.ts";

/**
 * Lists the tags of a log group.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html
 */
export const listTagsForResource: Operation<"ListTagsForResource"> = (ctx, input) => {
  return { tags: { ...ctx.store.group(nameOfArn(input.resourceArn)).tags } };
};
