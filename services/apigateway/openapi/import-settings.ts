import type { GatewayResponseType } from "@aws-sdk/client-api-gateway";
import { unsupported } from "../../../emulator/model/errors.ts";
import type { Ids } from "../../../emulator/runtime/ids.ts";
import { compressionSize, policyDocument } from "../api-settings.ts";
import { badRequest } from "../errors.ts";
import { gatewayResponseTypes, newGatewayResponse } from "../gateway-responses.ts";
import { newId } from "../ids.ts";
import { checkContentTypes, checkGatewayResponseMapping } from "../mapping.ts";
import type { ApiDefinition, GatewayResponse, RequestValidator } from "../model.ts";
import { compact } from "../patch.ts";
import { isNode, node, text, textMap, texts, type Node } from "./document.ts";

/** The settings of an API that its document's extensions make. @throws BadRequestException */
export function readSettings(root: Node): Partial<ApiDefinition> {
  const types = root["x-amazon-apigateway-binary-media-types"];
  const size = root["x-amazon-apigateway-minimum-compression-size"];
  const source = text(root["x-amazon-apigateway-api-key-source"])?.toUpperCase();
  const policy = root["x-amazon-apigateway-policy"];
  const endpoint = endpointOf(root);
  if (source !== undefined && source !== "HEADER" && source !== "AUTHORIZER") {
    throw badRequest("Invalid ApiKeySourceType specified. Valid options are HEADER,AUTHORIZER");
  }
  return {
    ...(types !== undefined && { binaryMediaTypes: texts(types) }),
    ...(size !== undefined && { minimumCompressionSize: compressionSize(Number(size)) }),
    ...(source !== undefined && { apiKeySource: source }),
    ...(policy !== undefined && { policy: policyDocument(JSON.stringify(policy)) }),
    ...(endpoint["disableExecuteApiEndpoint"] !== undefined && {
      disableExecuteApiEndpoint: endpoint["disableExecuteApiEndpoint"] === true,
    }),
  };
}

/** Swagger has the extension at the top, OpenAPI 3 in its servers. @throws unsupported for private APIs */
function endpointOf(root: Node): Node {
  const name = "x-amazon-apigateway-endpoint-configuration";
  const servers: unknown[] = Array.isArray(root["servers"]) ? root["servers"] : [];
  const found = [root, ...servers].map((place) => node(place)[name]).find(isNode);
  if (found?.["vpcEndpointIds"] !== undefined) throw unsupported("vpcEndpointIds of a REST API");
  return found ?? {};
}

/** By name, as a document refers to them. */
export function readValidators(
  ids: Ids,
  root: Node,
  existing: Readonly<Record<string, RequestValidator>>,
): Map<string, RequestValidator> {
  const validators = new Map<string, RequestValidator>();
  for (const validator of Object.values(existing)) if (validator.name) validators.set(validator.name, validator);
  for (const [name, value] of Object.entries(node(root["x-amazon-apigateway-request-validators"]))) {
    const settings = node(value);
    validators.set(name, {
      id: validators.get(name)?.id ?? newId(ids, 6),
      name,
      validateRequestBody: settings["validateRequestBody"] === true,
      validateRequestParameters: settings["validateRequestParameters"] === true,
    });
  }
  return validators;
}

/** @throws BadRequestException */
export function readGatewayResponses(root: Node): Record<string, GatewayResponse> {
  return Object.fromEntries(
    Object.entries(node(root["x-amazon-apigateway-gateway-responses"])).map(([name, value]) => {
      const type = name as GatewayResponseType;
      if (!gatewayResponseTypes.includes(type)) throw badRequest(`Invalid gateway response type specified: ${name}`);
      const response = node(value);
      const responseTemplates = textMap(response["responseTemplates"]);
      checkContentTypes(responseTemplates);
      const responseParameters = textMap(response["responseParameters"]);
      checkGatewayResponseMapping(responseParameters);
      const statusCode = text(response["statusCode"]);
      return [type, newGatewayResponse(type, compact({ statusCode, responseParameters, responseTemplates }) as object)];
    }),
  );
}
