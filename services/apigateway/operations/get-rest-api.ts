import type { Operation } from "../index.ts";
import { apiView } from "../views.ts";

/**
 * One API.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApi.html
 */
export const getRestApi: Operation<"GetRestApi"> = ({ store }, input) => apiView(store.api(input.restApiId));
