import { contentTypeNotFound, parameterNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { putMethod, requireIntegrationResponse } from "../lookup.ts";
import { checkContentHandling, checkContentTypes, checkResponseMapping } from "../mapping.ts";
import type { IntegrationResponse } from "../model.ts";
import { applyPatches, entries, orUndefined, replaces, type PatchRule } from "../patch.ts";

const RULES: readonly PatchRule<IntegrationResponse>[] = [
  replaces("/selectionPattern", (selectionPattern) => ({ selectionPattern })),
  replaces("/contentHandling", (value) => ({
    contentHandling: orUndefined(value) as NonNullable<IntegrationResponse["contentHandling"]>,
  })),
  entries(
    "/responseParameters",
    (response) => response.responseParameters,
    (response, responseParameters) => ({ ...response, responseParameters }),
    (value) => value ?? "",
    parameterNotFound,
  ),
  entries(
    "/responseTemplates",
    (response) => response.responseTemplates,
    (response, responseTemplates) => ({ ...response, responseTemplates }),
    (value) => value ?? "",
    contentTypeNotFound,
  ),
];

/**
 * Changes a response of an integration.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateIntegrationResponse.html
 */
export const updateIntegrationResponse: Operation<"UpdateIntegrationResponse"> = ({ store }, input) => {
  const { method, integration, response: before } = requireIntegrationResponse(store, input);
  const response = applyPatches(before, input.patchOperations, RULES, "plain");
  checkContentTypes(response.responseTemplates);
  checkContentHandling(response.contentHandling);
  checkResponseMapping(method, input.statusCode, response.responseParameters);
  const integrationResponses = { ...integration.integrationResponses, [input.statusCode]: response };
  putMethod(store, input, { ...method, methodIntegration: { ...integration, integrationResponses } });
  return response;
};
