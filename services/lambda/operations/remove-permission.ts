import { notFound, preconditionFailed } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requirePolicyPlace } from "../permissions.ts";

/**
 * Removes a statement from a resource policy.
 * @throws ResourceNotFoundException, PreconditionFailedException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html
 */
export const removePermission: Operation<"RemovePermission"> = ({ store, ids }, input) => {
  const { name, qualifier } = requirePolicyPlace(store, input.FunctionName, input.Qualifier);
  const policy = store.policy(name, qualifier);
  if (!policy) throw notFound("No policy is associated with the given resource.");
  if (input.RevisionId !== undefined && input.RevisionId !== policy.revisionId) throw preconditionFailed("policy");
  const left = policy.statements.filter(({ Sid }) => Sid !== input.StatementId);
  if (left.length === policy.statements.length) {
    throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
  }
  store.putPolicy(name, qualifier, { revisionId: ids.uuid(), statements: left });
  return {};
};
