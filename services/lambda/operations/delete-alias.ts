import type { Operation } from "../index.ts";
import { requireFunction } from "../lookup.ts";

/**
 * Deletes an alias and its policy; one that does not exist is no error.
 * @throws ResourceNotFoundException for the function
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html
 */
export const deleteAlias: Operation<"DeleteAlias"> = ({ store }, input) => {
  const { name } = requireFunction(store, input.FunctionName);
  store.removeAlias(name, input.Name);
  return {};
};
