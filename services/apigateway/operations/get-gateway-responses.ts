import { gatewayResponseTypes } from "../gateway-responses.ts";
import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { gatewayResponseView } from "../views.ts";

/**
 * Lists what the gateway itself answers, for every case.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetGatewayResponses.html
 */
export const getGatewayResponses: Operation<"GetGatewayResponses"> = ({ store }, input) => {
  const { definition } = store.api(input.restApiId);
  const { items, position } = page(gatewayResponseTypes, (type) => type, input);
  return {
    items: items.map((type) => gatewayResponseView(definition, type)),
    ...(position !== undefined && { position }),
  };
};
