import { ACCOUNT_CONCURRENCY, LEAST_UNRESERVED } from "../concurrency.ts";
import { invalidParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireFunction } from "../lookup.ts";

/**
 * Reserves concurrent executions for a function: it may have so many, and no more.
 * @throws ResourceNotFoundException, InvalidParameterValueException
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
 */
export const putFunctionConcurrency: Operation<"PutFunctionConcurrency"> = ({ store }, input) => {
  const { name, entry } = requireFunction(store, input.FunctionName);
  const reservedConcurrency = input.ReservedConcurrentExecutions;
  if (ACCOUNT_CONCURRENCY - store.reservedConcurrency(name) - reservedConcurrency < LEAST_UNRESERVED) {
    throw invalidParameter(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
    );
  }
  store.putEntry(name, { ...entry, reservedConcurrency });
  return { ReservedConcurrentExecutions: reservedConcurrency };
};
