import type { PutIntegrationRequest } from "@aws-sdk/client-api-gateway";
import { AwsError, unsupported } from "../../emulator/model/errors.ts";
import { badRequest } from "./errors.ts";
import {
  checkContentHandling,
  checkContentTypes,
  checkHttpMethod,
  checkOption,
  checkRequestMapping,
} from "./mapping.ts";
import type { Integration, Method } from "./model.ts";
import { compact } from "./patch.ts";

const DEFAULT_TIMEOUT_MS = 29_000;
const PASSTHROUGH = ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"];
const TYPES = ["HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY"];

const ARN = /^arn:aws:apigateway:[\w${}.-]+:[\w${}.-]+:(.*)$/s;
const PROXY_TARGET = /^arn:aws:apigateway:[^:]+:(lambda:path\/|firehose:)/;
const ROLE = /^arn:aws:iam::(\d{12}|\*):(role|user)\/.+$/;

/** The integration that a request describes. @throws BadRequestException; unsupported for VPC links and streaming */
export function integrationOf(
  account: string,
  resourceId: string,
  method: Method,
  input: PutIntegrationRequest,
): Integration {
  if (input.connectionType === "VPC_LINK" || input.connectionId !== undefined) {
    throw unsupported("The connection type VPC_LINK of an integration");
  }
  if (input.responseTransferMode === "STREAM") throw unsupported("The response transfer mode STREAM of an integration");
  const integration: Integration = compact({
    type: input.type as Integration["type"],
    httpMethod: input.integrationHttpMethod,
    uri: input.uri,
    credentials: input.credentials,
    requestParameters: input.requestParameters,
    requestTemplates: input.requestTemplates,
    passthroughBehavior: (input.passthroughBehavior ?? "WHEN_NO_MATCH") as Integration["passthroughBehavior"],
    contentHandling: input.contentHandling,
    timeoutInMillis: input.timeoutInMillis ?? DEFAULT_TIMEOUT_MS,
    cacheNamespace: input.cacheNamespace ?? resourceId,
    cacheKeyParameters: input.cacheKeyParameters ?? [],
    insecureSkipVerification: input.tlsConfig?.insecureSkipVerification,
    // AWS keeps the responses of the integration that this one takes the place of
    integrationResponses: method.methodIntegration?.integrationResponses,
  });
  checkIntegration(account, method, integration);
  return integration;
}

/** @throws BadRequestException */
export function checkIntegration(account: string, method: Method, integration: Integration): void {
  const { type, httpMethod, uri = "", credentials, passthroughBehavior, timeoutInMillis } = integration;
  // one that was taken away is no type either
  checkOption("Integration Type", type ?? "", TYPES);
  if (type !== "MOCK" && !httpMethod) throw badRequest("Enumeration value for HttpMethod must be non-empty");
  if (httpMethod) checkHttpMethod(httpMethod);
  checkOption("Passthrough Behavior", passthroughBehavior, PASSTHROUGH);
  checkContentHandling(integration.contentHandling);
  if (!(timeoutInMillis >= 50 && timeoutInMillis <= DEFAULT_TIMEOUT_MS)) {
    throw badRequest(`Timeout should be between 50 ms and ${DEFAULT_TIMEOUT_MS} ms`);
  }
  if (type === "AWS" || type === "AWS_PROXY") checkAwsTarget(type, uri, credentials);
  if ((type === "HTTP" || type === "HTTP_PROXY") && !isHttpEndpoint(uri)) {
    throw badRequest("Invalid HTTP endpoint specified for URI");
  }
  if (credentials !== undefined) checkCredentials(account, credentials);
  checkContentTypes(integration.requestTemplates);
  checkRequestMapping(method, integration.requestParameters);
}

function checkAwsTarget(type: "AWS" | "AWS_PROXY", uri: string, credentials: string | undefined): void {
  const target = ARN.exec(uri)?.[1];
  if (target === undefined) throw badRequest("Invalid ARN specified in the request");
  if (!/^(path|action)\//.test(target)) throw badRequest("AWS ARN for integration must contain path or action");
  if (type === "AWS_PROXY" && !PROXY_TARGET.test(uri)) {
    throw badRequest(
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    );
  }
  if (!uri.includes(":lambda:path/") && credentials === undefined) {
    throw badRequest("Role ARN must be specified for AWS integrations");
  }
}

function checkCredentials(account: string, credentials: string): void {
  const owner = ROLE.exec(credentials)?.[1];
  if (owner === undefined) throw badRequest("Invalid ARN specified in the request");
  if (owner !== account && owner !== "*") {
    throw new AwsError({ code: "AccessDeniedException", status: 403 }, "Cross-account pass role is not allowed.");
  }
}

/** Stage variables may stand anywhere in it. */
function isHttpEndpoint(uri: string): boolean {
  if (/^\$\{stageVariables\.\w+\}/.test(uri)) return true;
  return /^https?:\/\/[^/\s]+/.test(uri) && URL.canParse(uri.replaceAll(/[{}$]/g, "x"));
}
