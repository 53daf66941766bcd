import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists the name that the account has beside its number: one at most.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html
 */
export const listAccountAliases: Operation<"ListAccountAliases"> = (ctx, input) => {
  const alias = ctx.store.alias();
  const { items, ...rest } = page(alias === undefined ? [] : [alias], (name) => name, input);
  return { AccountAliases: items, ...rest };
};
