import type { GatewayResponseType } from "@aws-sdk/client-api-gateway";
import type { ApiDefinition, GatewayResponse } from "./model.ts";

/** Every type with the status of its default response; DEFAULT_4XX and DEFAULT_5XX keep the status of the error. */
const STATUS: Readonly<Record<GatewayResponseType, string | undefined>> = {
  ACCESS_DENIED: "403",
  API_CONFIGURATION_ERROR: "500",
  AUTHORIZER_CONFIGURATION_ERROR: "500",
  AUTHORIZER_FAILURE: "500",
  BAD_REQUEST_BODY: "400",
  BAD_REQUEST_PARAMETERS: "400",
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
  EXPIRED_TOKEN: "403",
  INTEGRATION_FAILURE: "504",
  INTEGRATION_TIMEOUT: "504",
  INVALID_API_KEY: "403",
  INVALID_SIGNATURE: "403",
  MISSING_AUTHENTICATION_TOKEN: "403",
  QUOTA_EXCEEDED: "429",
  REQUEST_TOO_LARGE: "413",
  RESOURCE_NOT_FOUND: "404",
  THROTTLED: "429",
  UNAUTHORIZED: "401",
  UNSUPPORTED_MEDIA_TYPE: "415",
  WAF_FILTERED: "403",
};

const DEFAULT_TEMPLATES = { "application/json": '{"message":$context.error.messageString}' };

export const gatewayResponseTypes = Object.keys(STATUS) as GatewayResponseType[];

/** What is in force for a type: what was put for it, else what was put for all of its class, else the default. */
export function gatewayResponse(
  definition: Pick<ApiDefinition, "gatewayResponses">,
  type: GatewayResponseType,
): GatewayResponse & { readonly defaultResponse: boolean } {
  const own = definition.gatewayResponses[type];
  if (own) return { ...own, defaultResponse: false };
  const status = STATUS[type];
  const ofClass = definition.gatewayResponses[status?.startsWith("5") ? "DEFAULT_5XX" : "DEFAULT_4XX"];
  const byDefault = newGatewayResponse(type, {});
  if (!ofClass || status === undefined) return { ...byDefault, defaultResponse: true };
  const statusCode = ofClass.statusCode ?? status;
  return { ...ofClass, responseType: type, statusCode, defaultResponse: true };
}

/** A response of a type with the defaults for what is not given. */
export function newGatewayResponse(
  responseType: GatewayResponseType,
  given: Partial<Omit<GatewayResponse, "responseType">>,
): GatewayResponse {
  const statusCode = given.statusCode ?? STATUS[responseType];
  return {
    responseType,
    ...(statusCode !== undefined && { statusCode }),
    responseParameters: given.responseParameters ?? {},
    responseTemplates: given.responseTemplates ?? DEFAULT_TEMPLATES,
  };
}
