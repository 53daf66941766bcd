import type { Operation } from "../index.ts";

/**
 * Deletes up to ten parameters; names that nothing has are told apart.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameters.html
 */
export const deleteParameters: Operation<"DeleteParameters"> = (ctx, input) => {
  const names = [...new Set(input.Names)];
  const DeletedParameters = names.filter((name) => ctx.store.remove(name));
  return { DeletedParameters, InvalidParameters: names.filter((name) => !DeletedParameters.includes(name)) };
};
