import type { Operation } from "../index.ts";
import { refuseSystemTags, taggedParameter } from "../tags.ts";

/**
 * Removes tags of a parameter by their keys.
 * @throws InvalidResourceId
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RemoveTagsFromResource.html
 */
export const removeTagsFromResource: Operation<"RemoveTagsFromResource"> = (ctx, input) => {
  const { name, tags } = taggedParameter(ctx, input.ResourceType, input.ResourceId);
  refuseSystemTags(input.TagKeys);
  ctx.store.putTags(
    name,
    tags.filter(({ Key }) => !input.TagKeys.includes(Key)),
  );
  return {};
};
