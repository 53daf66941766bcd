import { newGatewayResponse } from "../gateway-responses.ts";
import type { Operation } from "../index.ts";
import { checkContentTypes, checkGatewayResponseMapping } from "../mapping.ts";
import { compact } from "../patch.ts";

/**
 * Sets what the gateway itself answers in a case.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_PutGatewayResponse.html
 */
export const putGatewayResponse: Operation<"PutGatewayResponse"> = ({ store }, input) => {
  const { restApiId, responseType, statusCode, responseParameters, responseTemplates } = input;
  checkContentTypes(responseTemplates);
  checkGatewayResponseMapping(responseParameters);
  const response = newGatewayResponse(responseType, compact({ statusCode, responseParameters, responseTemplates }));
  store.changeDefinition(restApiId, ({ gatewayResponses }) => ({
    gatewayResponses: { ...gatewayResponses, [responseType]: response },
  }));
  return { ...response, defaultResponse: false };
};
