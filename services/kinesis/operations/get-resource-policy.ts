import type { Operation } from "../index.ts";
import { requirePolicyResource } from "../policy-resource.ts";

/**
 * The policy of a stream or consumer to the letter; an empty object where there is none.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetResourcePolicy.html
 */
export const getResourcePolicy: Operation<"GetResourcePolicy"> = (ctx, { ResourceARN }) => {
  requirePolicyResource(ctx, ResourceARN);
  return { Policy: ctx.store.policies.get(ResourceARN) ?? "{}" };
};
