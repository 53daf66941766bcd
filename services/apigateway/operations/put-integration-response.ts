import type { Operation } from "../index.ts";
import { putMethod, requireIntegration } from "../lookup.ts";
import { checkContentTypes, checkResponseMapping } from "../mapping.ts";
import type { IntegrationResponse } from "../model.ts";
import { compact } from "../patch.ts";

/**
 * Sets how answers of the integration become one of the method's responses.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegrationResponse.html
 */
export const putIntegrationResponse: Operation<"PutIntegrationResponse"> = ({ store }, input) => {
  const { method, integration } = requireIntegration(store, input);
  const { statusCode, responseParameters, responseTemplates, selectionPattern, contentHandling } = input;
  checkContentTypes(responseTemplates);
  checkResponseMapping(method, statusCode, responseParameters);
  const response: IntegrationResponse = compact({
    statusCode,
    selectionPattern,
    responseParameters,
    responseTemplates,
    contentHandling,
  });
  const integrationResponses = { ...integration.integrationResponses, [statusCode]: response };
  putMethod(store, input, { ...method, methodIntegration: { ...integration, integrationResponses } });
  return response;
};
