import type { Operation } from "../index.ts";
import { putMethod, requireIntegrationResponse } from "../lookup.ts";

/**
 * Deletes a response of an integration.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteIntegrationResponse.html
 */
export const deleteIntegrationResponse: Operation<"DeleteIntegrationResponse"> = ({ store }, input) => {
  const { method, integration } = requireIntegrationResponse(store, input);
  const { [input.statusCode]: _gone, ...integrationResponses } = integration.integrationResponses ?? {};
  putMethod(store, input, { ...method, methodIntegration: { ...integration, integrationResponses } });
  return {};
};
