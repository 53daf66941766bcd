import { accountRules, accountView } from "../account.ts";
import type { Operation } from "../index.ts";
import { applyPatches } from "../patch.ts";

/**
 * Sets the role that logs are written with.
 * @throws BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAccount.html
 */
export const updateAccount: Operation<"UpdateAccount"> = ({ store, account }, { patchOperations }) => {
  const before = store.cloudwatchRoleArn === undefined ? {} : { cloudwatchRoleArn: store.cloudwatchRoleArn };
  const { cloudwatchRoleArn } = applyPatches(before, patchOperations, accountRules(account), "listed");
  store.cloudwatchRoleArn = cloudwatchRoleArn;
  return accountView(store);
};
