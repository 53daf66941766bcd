import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { requireTagged } from "../tags.ts";

/**
 * The tags of an API, a stage, a key or a usage plan.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetTags.html
 */
export const getTags: Operation<"GetTags"> = ({ store }, input) => {
  const tags = Object.entries(requireTagged(store, input.resourceArn).tags);
  return { tags: Object.fromEntries(page(tags, ([key]) => key, input).items) };
};
