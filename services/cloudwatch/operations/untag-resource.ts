import type { Operation } from "../index.ts";
import { taggedResource } from "../tags.ts";

/**
 * Removes tags from an alarm or a dashboard; keys that are not there are no error.
 * @throws ResourceNotFoundException, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = (ctx, input) => {
  const { tags, set } = taggedResource(ctx, input.ResourceARN);
  set(Object.fromEntries(Object.entries(tags).filter(([key]) => !input.TagKeys.includes(key))));
  return {};
};
