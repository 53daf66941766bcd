import type { Operation } from "../index.ts";
import { checkTags, requireTagged } from "../tags.ts";

/**
 * Adds tags to an API, a stage, a key or a usage plan.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_TagResource.html
 */
export const tagResource: Operation<"TagResource"> = ({ store }, { resourceArn, tags }) => {
  const resource = requireTagged(store, resourceArn);
  resource.put({ ...resource.tags, ...checkTags(tags) });
  return {};
};
