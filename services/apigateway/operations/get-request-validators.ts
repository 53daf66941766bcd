import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists the request validators of an API.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetRequestValidators.html
 */
export const getRequestValidators: Operation<"GetRequestValidators"> = ({ store }, input) =>
  page(Object.values(store.api(input.restApiId).definition.validators), ({ id }) => id, input);
