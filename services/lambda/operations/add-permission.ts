import { unsupported } from "../../../emulator/model/errors.ts";
import { conflict, policyTooLong, preconditionFailed } from "../errors.ts";
import type { Operation } from "../index.ts";
import { policyDocument, requirePolicyPlace, statementOf } from "../permissions.ts";

const POLICY_LIMIT_BYTES = 20_480;

/**
 * Adds a statement to the resource policy of a function, version or alias.
 * @throws ResourceNotFoundException, ResourceConflictException, PreconditionFailedException, PolicyLengthExceededException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export const addPermission: Operation<"AddPermission"> = ({ store, ids }, input) => {
  if (input.FunctionUrlAuthType !== undefined || input.InvokedViaFunctionUrl !== undefined) {
    throw unsupported("Function URLs");
  }
  const { name, qualifier, arn } = requirePolicyPlace(store, input.FunctionName, input.Qualifier);
  const policy = store.policy(name, qualifier);
  if (input.RevisionId !== undefined && input.RevisionId !== policy?.revisionId) throw preconditionFailed("policy");
  const before = policy?.statements ?? [];
  if (before.some(({ Sid }) => Sid === input.StatementId)) {
    throw conflict(
      `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const statement = statementOf(arn, input);
  const statements = [...before, statement];
  if (Buffer.byteLength(policyDocument(statements)) > POLICY_LIMIT_BYTES) throw policyTooLong();
  store.putPolicy(name, qualifier, { revisionId: ids.uuid(), statements });
  return { Statement: JSON.stringify(statement) };
};
