import type { Operation } from "../index.ts";
import { gatewayResponseView } from "../views.ts";

/**
 * What the gateway itself answers in a case; the default, where nothing was set.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetGatewayResponse.html
 */
export const getGatewayResponse: Operation<"GetGatewayResponse"> = ({ store }, input) =>
  gatewayResponseView(store.api(input.restApiId).definition, input.responseType);
