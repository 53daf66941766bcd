import { badRequest, contentTypeNotFound, parameterNotFound } from "../errors.ts";
import { gatewayResponse } from "../gateway-responses.ts";
import type { Operation } from "../index.ts";
import { checkContentTypes, checkGatewayResponseMapping } from "../mapping.ts";
import type { GatewayResponse } from "../model.ts";
import { applyPatches, entries, replaces, type PatchRule } from "../patch.ts";

const nonEmpty = (member: string) => (value: string | undefined) => {
  if (!value) throw badRequest(`Invalid null or empty value in ${member}`);
  return value;
};

const RULES: readonly PatchRule<GatewayResponse>[] = [
  replaces("/statusCode", (statusCode) => {
    if (!/^[1-5]\d\d$/.test(statusCode)) throw badRequest(`Invalid status code specified: ${statusCode}`);
    return { statusCode };
  }),
  entries(
    "/responseParameters",
    (response) => response.responseParameters,
    (response, responseParameters) => ({ ...response, responseParameters }),
    nonEmpty("responseParameters"),
    parameterNotFound,
  ),
  entries(
    "/responseTemplates",
    (response) => response.responseTemplates,
    (response, responseTemplates) => ({ ...response, responseTemplates }),
    nonEmpty("responseTemplates"),
    contentTypeNotFound,
  ),
];

/**
 * Changes what the gateway itself answers in a case; from the answer in force now.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateGatewayResponse.html
 */
export const updateGatewayResponse: Operation<"UpdateGatewayResponse"> = (
  { store },
  { restApiId, responseType, patchOperations },
) => {
  const { defaultResponse: _before, ...before } = gatewayResponse(store.api(restApiId).definition, responseType);
  const response = applyPatches<GatewayResponse>(before, patchOperations, RULES, "path only");
  checkContentTypes(response.responseTemplates);
  checkGatewayResponseMapping(response.responseParameters);
  store.changeDefinition(restApiId, ({ gatewayResponses }) => ({
    gatewayResponses: { ...gatewayResponses, [responseType]: response },
  }));
  return { ...response, defaultResponse: false };
};
