import type { Operation } from "../index.ts";
import { taggedParameter } from "../tags.ts";

/**
 * Answers the tags of a parameter.
 * @throws InvalidResourceId
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListTagsForResource.html
 */
export const listTagsForResource: Operation<"ListTagsForResource"> = (ctx, input) => ({
  TagList: [...taggedParameter(ctx, input.ResourceType, input.ResourceId).tags],
});
