import type { Operation } from "../index.ts";
import { requireTagged } from "../tagged-resource.ts";

/**
 * Answers the tags of a function or an event source mapping.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html
 */
export const listTags: Operation<"ListTags"> = (ctx, input) => ({
  Tags: { ...requireTagged(ctx, input.Resource).tags },
});
