import type { Operation } from "../index.ts";
import { requireMethodResponse } from "../lookup.ts";

/**
 * One response of a method.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetMethodResponse.html
 */
export const getMethodResponse: Operation<"GetMethodResponse"> = ({ store }, input) =>
  requireMethodResponse(store, input).response;
