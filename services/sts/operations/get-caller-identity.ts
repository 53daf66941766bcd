import type { Operation } from "../index.ts";

/**
 * Says who calls.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const getCallerIdentity: Operation<"GetCallerIdentity"> = (ctx) => ({
  Account: ctx.principal.account,
  Arn: ctx.principal.arn,
  UserId: ctx.principal.userId,
});
