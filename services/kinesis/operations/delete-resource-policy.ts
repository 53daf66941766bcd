import { policyNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requirePolicyResource } from "../policy-resource.ts";

/**
 * Removes the policy of a stream or consumer.
 * @throws ResourceNotFoundException, for a resource without a policy too
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteResourcePolicy.html
 */
export const deleteResourcePolicy: Operation<"DeleteResourcePolicy"> = (ctx, { ResourceARN }) => {
  requirePolicyResource(ctx, ResourceARN);
  if (ctx.store.policies.get(ResourceARN) === undefined) throw policyNotFound(ResourceARN);
  ctx.store.policies.remove(ResourceARN);
  return {};
};
