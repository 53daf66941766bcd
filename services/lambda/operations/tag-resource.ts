import type { Operation } from "../index.ts";
import { refuseSystemTags } from "../settings.ts";
import { requireTagged } from "../tagged-resource.ts";

/**
 * Adds tags to a function or an event source mapping.
 * @throws ResourceNotFoundException, InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html
 */
export const tagResource: Operation<"TagResource"> = (ctx, input) => {
  const resource = requireTagged(ctx, input.Resource);
  refuseSystemTags(Object.keys(input.Tags));
  resource.put({ ...resource.tags, ...input.Tags });
  return {};
};
