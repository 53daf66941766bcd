import type { Operation } from "../index.ts";
import { taggedResource } from "../tags.ts";

/**
 * Answers the tags of an alarm or a dashboard.
 * @throws ResourceNotFoundException, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListTagsForResource.html
 */
export const listTagsForResource: Operation<"ListTagsForResource"> = (ctx, input) => ({
  Tags: Object.entries(taggedResource(ctx, input.ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
});
