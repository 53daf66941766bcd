import type { Operation } from "../index.ts";

/**
 * Gives the account a name beside its number, in place of the one that it had. No two accounts have the same.
 * @throws EntityAlreadyExists
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html
 */
export const createAccountAlias: Operation<"CreateAccountAlias"> = (ctx, input) => {
  ctx.store.setAlias(input.AccountAlias);
  return {};
};
