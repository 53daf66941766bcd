import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { apiView } from "../views.ts";

/**
 * Lists the APIs.
 * @throws BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApis.html
 */
export const getRestApis: Operation<"GetRestApis"> = ({ store }, input) => {
  const { items, position } = page(store.apis(), ({ id }) => id, input);
  return { items: items.map((api) => apiView(api, "when some")), ...(position !== undefined && { position }) };
};
