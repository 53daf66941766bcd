import { aliasNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Takes the name away that the account has beside its number.
 * @throws NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountAlias.html
 */
export const deleteAccountAlias: Operation<"DeleteAccountAlias"> = (ctx, input) => {
  if (ctx.store.alias() !== input.AccountAlias) throw aliasNotFound(input.AccountAlias);
  ctx.store.removeAlias();
  return {};
};
