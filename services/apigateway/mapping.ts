import { badRequest, invalidMapping } from "./errors.ts";
import type { Method } from "./model.ts";

const HTTP_METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"];

const REQUEST_PARAMETER =
  /^method\.request\.(path|querystring|header|multivaluequerystring|multivalueheader)\.([^\s]+)$/;
const RESPONSE_PARAMETER = /^method\.response\.(header|multivalueheader)\.([^\s]+)$/;
const INTEGRATION_PARAMETER =
  /^integration\.request\.(path|querystring|header|multivaluequerystring|multivalueheader)\.[^\s]+$/;
/** A literal, a part of the body, the context or a stage variable. */
const REQUEST_SOURCE = /^(?:'[^']*'|method\.request\.body(?:\..+|\[.+)?|context\.[\w.[\]-]+|stageVariables\.\w+)$/;
const RESPONSE_SOURCE =
  /^(?:'[^']*'|integration\.response\.(?:body(?:\..+|\[.+)?|(?:header|multivalueheader)\.[^\s]+)|context\.[\w.[\]-]+|stageVariables\.\w+)$/;

const GATEWAY_RESPONSE_PARAMETER = /^gatewayresponse\.header\.[^\s]+$/;
const GATEWAY_RESPONSE_SOURCE =
  /^(?:'[^']*'|method\.request\.(?:path|querystring|header)\.[^\s]+|context\.[\w.[\]-]+|stageVariables\.\w+)$/;

const invalidExpression = (expression: string) =>
  badRequest(
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${expression}]`,
  );

const invalidParameter = (parameter: string) =>
  badRequest(
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${parameter}]`,
  );

/** @throws BadRequestException */
export function checkOption(what: string, value: string, options: readonly string[]): void {
  if (!options.includes(value)) throw badRequest(`Invalid ${what} specified. Valid options are ${options.join(",")}`);
}

/** @throws BadRequestException */
export const checkHttpMethod = (method: string): void => checkOption("HttpMethod", method, HTTP_METHODS);

/** @throws BadRequestException */
export function checkContentHandling(handling: string | undefined): void {
  if (handling !== undefined) checkOption("ContentHandling", handling, ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"]);
}

/** @throws BadRequestException */
export function checkContentTypes(byType: Readonly<Record<string, unknown>> | undefined): void {
  for (const type of Object.keys(byType ?? {})) {
    if (type !== "$default" && !/^[^\s/]+\/[^\s/]+/.test(type)) {
      throw invalidMapping(`Invalid content type specified: ${type}`);
    }
  }
}

/** The parameters of a method request: `method.request.header.x`. @throws BadRequestException */
export function checkRequestParameters(parameters: Readonly<Record<string, boolean>> | undefined): void {
  const names = Object.keys(parameters ?? {}).map((parameter) => {
    const name = REQUEST_PARAMETER.exec(parameter)?.[2];
    if (name === undefined) throw invalidExpression(parameter);
    return name;
  });
  if (new Set(names).size < names.length) {
    throw badRequest("Parameter names must be unique across querystring, header and path");
  }
}

/** The parameters of a method response: `method.response.header.x`. @throws BadRequestException */
export function checkResponseParameters(parameters: Readonly<Record<string, boolean>> | undefined): void {
  for (const parameter of Object.keys(parameters ?? {})) {
    if (!RESPONSE_PARAMETER.test(parameter)) throw invalidExpression(parameter);
  }
}

/** What an integration request takes from a method request, which has to declare it. @throws BadRequestException */
export function checkRequestMapping(method: Method, mapping: Readonly<Record<string, string>> | undefined): void {
  for (const [target, source] of Object.entries(mapping ?? {})) {
    if (!INTEGRATION_PARAMETER.test(target)) throw invalidExpression(target);
    if (REQUEST_SOURCE.test(source)) continue;
    if (!REQUEST_PARAMETER.test(source)) throw invalidExpression(source);
    const single = source.replace(".multivalue", ".");
    const declared = Object.keys(method.requestParameters ?? {});
    if (!declared.includes(source) && !declared.includes(single)) throw invalidParameter(source);
  }
}

/** What a method response takes from an integration response; the method response has to declare it. @throws BadRequestException */
export function checkResponseMapping(
  method: Method,
  statusCode: string,
  mapping: Readonly<Record<string, string>> | undefined,
): void {
  for (const [target, source] of Object.entries(mapping ?? {})) {
    if (!RESPONSE_PARAMETER.test(target)) throw invalidExpression(target);
    if (method.methodResponses?.[statusCode]?.responseParameters?.[target] === undefined) {
      throw invalidParameter(target);
    }
    if (!RESPONSE_SOURCE.test(source)) throw invalidExpression(source);
  }
}

/** The headers of a gateway response, and what they are made of. @throws BadRequestException */
export function checkGatewayResponseMapping(mapping: Readonly<Record<string, string>> | undefined): void {
  for (const [target, source] of Object.entries(mapping ?? {})) {
    if (!GATEWAY_RESPONSE_PARAMETER.test(target)) throw invalidExpression(target);
    if (!GATEWAY_RESPONSE_SOURCE.test(source)) throw invalidExpression(source);
  }
}
