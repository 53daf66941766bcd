import type { Operation } from "../index.ts";
import { taggedParameter } from "../tags.ts";

/**
 * Removes tags of a parameter by their keys.
 * @throws InvalidResourceId
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RemoveTagsFromResource.html
 */
export const removeTagsFromResource: Operation<"RemoveTagsFromResource"> = (ctx, input) => {
  const { name, tags } = taggedParameter(ctx, input.ResourceType, input.ResourceId);
  ctx.store.putTags(
    name,
    tags.filter(({ Key }) => !input.TagKeys.includes(Key)),
  );
  return {};
};
