import type { Operation } from "../index.ts";
import { taggedResource, withTags } from "../tags.ts";

/**
 * Adds tags to an alarm or a dashboard; a key that is there gets the new value.
 * @throws ResourceNotFoundException, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html
 */
export const tagResource: Operation<"TagResource"> = (ctx, input) => {
  const resource = taggedResource(ctx, input.ResourceARN);
  resource.set(withTags(resource.tags, input.Tags));
  return {};
};
