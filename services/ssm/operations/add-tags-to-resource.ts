import type { Operation } from "../index.ts";
import { mergeTags, taggedParameter } from "../tags.ts";

/**
 * Adds tags to a parameter; a key that is there gets the new value.
 * @throws InvalidResourceId, TooManyTagsError, ValidationException
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html
 */
export const addTagsToResource: Operation<"AddTagsToResource"> = (ctx, input) => {
  const { name, tags } = taggedParameter(ctx, input.ResourceType, input.ResourceId);
  ctx.store.putTags(name, mergeTags(tags, input.Tags));
  return {};
};
