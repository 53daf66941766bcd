import type { Operation } from "../index.ts";
import { describeRole } from "../answers.ts";

/**
 * Answers a role. Its trust policy is percent-encoded, as IAM answers documents.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 */
export const getRole: Operation<"GetRole"> = (ctx, input) => {
  return { Role: describeRole(ctx.store.role(input.RoleName)) };
};
