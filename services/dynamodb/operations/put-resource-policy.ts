import { callerOf } from "../../../emulator/model/caller.ts";
import { validationError } from "../errors.ts";
import type { Operation } from "../index.ts";
import { expectedPolicy, requirePolicyResource } from "../policy-resource.ts";
import { checkPolicy, newRevisionId } from "../resource-policies.ts";

/**
 * Sets the policy of a table or stream, in place of the one that it has. The same document again changes nothing.
 * @throws ValidationException, ResourceNotFoundException, ResourceInUseException, PolicyNotFoundException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
 */
export const putResourcePolicy: Operation<"PutResourcePolicy"> = (ctx, input) => {
  const { ResourceArn: arn, Policy: document } = input;
  requirePolicyResource(ctx, arn, true);
  checkPolicy(document, arn);
  const present = expectedPolicy(ctx, arn, input.ExpectedRevisionId);
  if (present?.document === document) return { RevisionId: present.revisionId };
  if (input.ConfirmRemoveSelfResourceAccess !== true) checkKeepsAccess(ctx, arn, document);
  const revisionId = newRevisionId(ctx);
  ctx.store.policies.put(arn, { document, revisionId });
  return { RevisionId: revisionId };
};

/** Whoever sets a policy that keeps them from setting another one has to say that they mean it. */
function checkKeepsAccess(ctx: Parameters<typeof putResourcePolicy>[0], arn: string, policy: string): void {
  const access = { action: "dynamodb:PutResourcePolicy", resource: arn, policy };
  if (ctx.authorization.refusal(callerOf(ctx), access) === undefined) return;
  throw validationError(
    "The policy takes the caller's permission to change the policy of this resource: " +
      "ConfirmRemoveSelfResourceAccess must be true for it",
  );
}
