import { notFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { policyDocument, requirePolicyPlace } from "../permissions.ts";

/**
 * Answers the resource policy of a function, version or alias.
 * @throws ResourceNotFoundException: also when there is none
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
 */
export const getPolicy: Operation<"GetPolicy"> = ({ store }, input) => {
  const { name, qualifier } = requirePolicyPlace(store, input.FunctionName, input.Qualifier);
  const policy = store.policy(name, qualifier);
  if (!policy) throw notFound("The resource you requested does not exist.");
  return { Policy: policyDocument(policy.statements), RevisionId: policy.revisionId };
};
