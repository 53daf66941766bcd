import { accountView } from "../account.ts";
import type { Operation } from "../index.ts";

/**
 * The settings of the account in this region.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html
 */
export const getAccount: Operation<"GetAccount"> = ({ store }) => accountView(store);
