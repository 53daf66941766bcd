import type { Operation } from "../index.ts";
import { requireFunction } from "../lookup.ts";

/**
 * Answers what is reserved for a function; nothing is no error.
 * @throws ResourceNotFoundException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html
 */
export const getFunctionConcurrency: Operation<"GetFunctionConcurrency"> = ({ store }, input) => {
  const { reservedConcurrency } = requireFunction(store, input.FunctionName).entry;
  return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
};
