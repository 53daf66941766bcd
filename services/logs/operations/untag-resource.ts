import { nameOfArn } from "../names.ts";
import type { Operation } from "../index.ts";
import { refuseSystemTags } from "../tags.ts";

/**
 * Removes tags from a log group.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = (ctx, input) => {
  refuseSystemTags(input.tagKeys);
  ctx.store.updateGroup(nameOfArn(input.resourceArn), (group) => ({
    ...group,
    tags: Object.fromEntries(Object.entries(group.tags).filter(([key]) => !input.tagKeys.includes(key))),
  }));
  return {};
};
