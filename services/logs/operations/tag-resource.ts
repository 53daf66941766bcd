import { nameOfArn } from "../names.ts";
import { mergeTags } from "../tags.ts";
import type { Operation } from "../index.ts";

/**
 * Adds tags to a log group; a key that is there gets the new value.
 * @throws ResourceNotFoundException, TooManyTagsException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html
 */
export const tagResource: Operation<"TagResource"> = (ctx, input) => {
  ctx.store.updateGroup(nameOfArn(input.resourceArn), (group) => ({
    ...group,
    tags: mergeTags(group.tags, input.tags),
  }));
  return {};
};
