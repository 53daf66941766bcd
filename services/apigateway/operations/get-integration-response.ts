import type { Operation } from "../index.ts";
import { requireIntegrationResponse } from "../lookup.ts";

/**
 * One response of an integration.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetIntegrationResponse.html
 */
export const getIntegrationResponse: Operation<"GetIntegrationResponse"> = ({ store }, input) =>
  requireIntegrationResponse(store, input).response;
