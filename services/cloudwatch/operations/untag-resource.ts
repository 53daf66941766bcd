import type { Operation } from "../index.ts";
import { refuseSystemTags, taggedResource } from "../tags.ts";

/**
 * Removes tags from an alarm or a dashboard; keys that are not there are no error.
 * @throws ResourceNotFoundException, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = (ctx, input) => {
  const resource = taggedResource(ctx, input.ResourceARN);
  refuseSystemTags(input.TagKeys);
  resource.set(Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !input.TagKeys.includes(key))));
  return {};
};
