import { throttled } from "./errors.ts";
import type { LambdaStore } from "./store.ts";

/** Concurrent executions of an account in a region, as AWS gives to accounts. */
export const ACCOUNT_CONCURRENCY = 1_000;
/** What reserving must leave to functions without a reservation. */
export const LEAST_UNRESERVED = 100;

interface Counts {
  readonly byFunction: Map<string, number>;
  unreserved: number;
}

/** Counts the executions that run, against what is reserved for a function or left to those without a reservation. */
export class Concurrency {
  readonly #counts = new Map<string, Counts>();

  /**
   * @returns what gives the place back
   * @throws TooManyRequestsException
   */
  acquire(store: LambdaStore, functionName: string): () => void {
    const counts = this.#of(store);
    const reserved = store.entry(functionName)?.reservedConcurrency;
    const running = counts.byFunction.get(functionName) ?? 0;
    if (reserved !== undefined) {
      if (running >= reserved) throw throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
    } else if (
      counts.unreserved >= LEAST_UNRESERVED &&
      counts.unreserved >= ACCOUNT_CONCURRENCY - store.reservedConcurrency()
    ) {
      throw throttled("ConcurrentInvocationLimitExceeded");
    }
    counts.byFunction.set(functionName, running + 1);
    if (reserved === undefined) counts.unreserved++;
    return () => {
      const left = (counts.byFunction.get(functionName) ?? 1) - 1;
      if (left === 0) counts.byFunction.delete(functionName);
      else counts.byFunction.set(functionName, left);
      if (reserved === undefined) counts.unreserved--;
    };
  }

  #of({ scope }: LambdaStore): Counts {
    const key = `${scope.account}/${scope.region}`;
    const counts = this.#counts.get(key) ?? { byFunction: new Map<string, number>(), unreserved: 0 };
    this.#counts.set(key, counts);
    return counts;
  }
}
