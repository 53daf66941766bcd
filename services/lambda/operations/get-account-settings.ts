import { ACCOUNT_CONCURRENCY } from "../concurrency.ts";
import type { Operation } from "../index.ts";

/**
 * Answers Lambda's limits of this account and region, and what of them is used.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
 */
export const getAccountSettings: Operation<"GetAccountSettings"> = ({ store }) => {
  const { functions, codeBytes } = store.usage();
  return {
    AccountLimit: {
      TotalCodeSize: 80_530_636_800,
      CodeSizeUnzipped: 262_144_000,
      CodeSizeZipped: 52_428_800,
      ConcurrentExecutions: ACCOUNT_CONCURRENCY,
      UnreservedConcurrentExecutions: ACCOUNT_CONCURRENCY - store.reservedConcurrency(),
    },
    AccountUsage: { TotalCodeSize: codeBytes, FunctionCount: functions },
  };
};
