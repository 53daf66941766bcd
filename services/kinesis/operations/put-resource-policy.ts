import type { Operation } from "../index.ts";
import { checkPolicy } from "../policies.ts";
import { requirePolicyResource } from "../policy-resource.ts";

/**
 * Sets the policy of a stream or consumer, in place of the one that it has: whom else it allows to read or write.
 * @throws ResourceNotFoundException, ResourceInUseException unless the stream is ACTIVE, InvalidArgumentException
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutResourcePolicy.html
 */
export const putResourcePolicy: Operation<"PutResourcePolicy"> = (ctx, { ResourceARN, Policy }) => {
  requirePolicyResource(ctx, ResourceARN);
  checkPolicy(Policy, ResourceARN);
  ctx.store.policies.put(ResourceARN, Policy);
  return {};
};
