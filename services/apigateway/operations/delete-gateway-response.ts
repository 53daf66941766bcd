import { notFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Goes back to the default answer.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteGatewayResponse.html
 */
export const deleteGatewayResponse: Operation<"DeleteGatewayResponse"> = ({ store }, { restApiId, responseType }) => {
  if (!store.api(restApiId).definition.gatewayResponses[responseType]) {
    throw notFound("Gateway response type not defined on api");
  }
  store.changeDefinition(restApiId, ({ gatewayResponses }) => {
    const { [responseType]: _gone, ...others } = gatewayResponses;
    return { gatewayResponses: others };
  });
  return {};
};
