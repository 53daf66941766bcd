import type { Operation } from "../index.ts";
import { refuseSystemTags, requireTagged } from "../tags.ts";

/**
 * Removes tags from an API, a stage, a key or a usage plan.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UntagResource.html
 */
export const untagResource: Operation<"UntagResource"> = ({ store }, { resourceArn, tagKeys }) => {
  const resource = requireTagged(store, resourceArn);
  refuseSystemTags(tagKeys);
  resource.put(Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !tagKeys.includes(key))));
  return {};
};
