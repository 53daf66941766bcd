import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { keyView } from "../views.ts";

/**
 * Lists the API keys, those whose name begins with `name`, or those of a customer.
 * @throws BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html
 */
export const getApiKeys: Operation<"GetApiKeys"> = ({ store }, input) => {
  const { nameQuery = "", customerId, includeValues } = input;
  const keys = store
    .apiKeys()
    .filter((key) => (key.name ?? "").startsWith(nameQuery))
    .filter((key) => customerId === undefined || key.customerId === customerId);
  const { items, position } = page(keys, ({ id }) => id, input);
  return {
    items: items.map((key) => keyView(key, includeValues === true, "when some")),
    ...(position !== undefined && { position }),
  };
};
