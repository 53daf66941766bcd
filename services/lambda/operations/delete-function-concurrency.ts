import type { Operation } from "../index.ts";
import { requireFunction } from "../lookup.ts";

/**
 * Gives back what is reserved for a function.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionConcurrency.html
 */
export const deleteFunctionConcurrency: Operation<"DeleteFunctionConcurrency"> = ({ store }, input) => {
  const { name, entry } = requireFunction(store, input.FunctionName);
  const { reservedConcurrency: _given, ...left } = entry;
  store.putEntry(name, left);
  return {};
};
