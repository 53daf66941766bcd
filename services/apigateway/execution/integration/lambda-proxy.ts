import type { Integration } from "../../model.ts";
import { badGateway, internalError } from "../gateway-error.ts";
import { HeaderList } from "../header-list.ts";
import { remapResponseHeaders } from "../headers.ts";
import { methodArn, type Invocation } from "../invocation.ts";
import { firstAccepted, isBinaryType, mediaType } from "../media-type.ts";
import { lastValues } from "../method-request.ts";
import type { Answer } from "./answer.ts";
import { callLambda, functionOf } from "./lambda.ts";
import { withTimeout } from "./timeout.ts";

/**
 * Gives the whole request to a function, and the client what the function answers.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export async function runLambdaProxy(invocation: Invocation, integration: Integration): Promise<Answer> {
  const { log, host, request } = invocation;
  const functionArn = functionOf(integration.uri ?? "", invocation.stageVariables);
  if (functionArn === undefined || integration.httpMethod !== "POST") {
    log.error("Execution failed due to configuration error: Invalid endpoint or method of a Lambda proxy integration");
    throw internalError();
  }
  const payload = JSON.stringify(proxyEvent(invocation));
  log.data(() => `Endpoint request body after transformations: ${payload}`);
  log.info(
    () =>
      `Sending request to https://lambda.${invocation.scope.region}.amazonaws.com/2015-03-31/functions/${functionArn}/invocations`,
  );
  const asynchronous = /^'?Event'?$/.test(
    integration.requestParameters?.["integration.request.header.X-Amz-Invocation-Type"] ?? "",
  );
  const answer = await withTimeout(host, integration.timeoutInMillis, () =>
    callLambda(invocation, {
      functionArn,
      payload,
      credentials: integration.credentials,
      sourceArn: methodArn(invocation, "resource"),
      asynchronous,
    }),
  );
  log.data(() => `Endpoint response body before transformations: ${answer.payload}`);
  invocation.context.integrationStatus = String(answer.status);
  if (asynchronous) return emptyAnswer(answer.status);
  if (answer.failed) {
    throw unusable(
      invocation,
      `Lambda execution failed with status 200 due to customer function error: ${errorMessage(answer.payload)}.`,
    );
  }
  const own = readAnswer(invocation, answer.payload, firstAccepted(request.headers.get("accept")));
  invocation.context.integration = { status: String(own.status) };
  return own;
}

/** What the function answered is nothing for the client: logs tell why. */
function unusable({ log, context }: Invocation, why: string): Error {
  log.error(why);
  context.integration = { error: why };
  return badGateway();
}

const emptyAnswer = (status: number): Answer => ({
  status,
  headers: new HeaderList([["Content-Type", "application/json"]]),
  body: Buffer.alloc(0),
});

export function errorMessage(payload: string): string {
  try {
    const { errorMessage: message } = JSON.parse(payload) as { errorMessage?: unknown };
    return typeof message === "string" ? message : payload;
  } catch {
    return payload;
  }
}

const orNull = <T extends object>(values: T): T | null => (Object.keys(values).length === 0 ? null : values);

/** The event of payload format 1.0, its members in AWS's order. */
function proxyEvent(invocation: Invocation): object {
  const { request, body, resource, stageVariables, api } = invocation;
  const isBinary = isBinaryType(mediaType(request.headers.get("content-type")), api.definition.binaryMediaTypes);
  return {
    resource: resource.path,
    path: request.path,
    httpMethod: request.httpMethod,
    ...requestParts(invocation),
    stageVariables: orNull(stageVariables),
    requestContext: requestContext(invocation),
    body: body.length === 0 ? null : body.toString(isBinary ? "base64" : "utf8"),
    isBase64Encoded: isBinary && body.length > 0,
  };
}

/** Headers, query and path as functions and authorizers get them. */
export function requestParts({ request, pathParameters }: Invocation): object {
  return {
    headers: orNull(request.headers.single()),
    multiValueHeaders: orNull(request.headers.multi()),
    queryStringParameters: orNull(lastValues(request.query)),
    multiValueQueryStringParameters: orNull(request.query),
    pathParameters: orNull(pathParameters),
  };
}

export function requestContext({ context, method }: Invocation): object {
  return {
    resourceId: context.resourceId,
    ...(context.authorizer && { authorizer: context.authorizer }),
    resourcePath: context.resourcePath,
    ...(method.operationName !== undefined && { operationName: method.operationName }),
    httpMethod: context.httpMethod,
    extendedRequestId: context.extendedRequestId,
    requestTime: context.requestTime,
    path: context.path,
    accountId: context.accountId,
    protocol: context.protocol,
    stage: context.stage,
    domainPrefix: context.domainPrefix,
    requestTimeEpoch: context.requestTimeEpoch,
    requestId: context.requestId,
    identity: context.identity,
    domainName: context.domainName,
    deploymentId: context.deploymentId,
    apiId: context.apiId,
  };
}

interface ProxyAnswer {
  readonly statusCode?: number | string;
  readonly headers?: Readonly<Record<string, unknown>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, unknown>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean | null;
}

const MEMBERS = new Set(["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"]);

function readAnswer(invocation: Invocation, payload: string, accepted: string | undefined): Answer {
  const answer = parseAnswer(payload);
  if (!answer) {
    throw unusable(invocation, "Execution failed due to configuration error: Malformed Lambda proxy response");
  }
  const headers = new HeaderList();
  for (const [name, value] of Object.entries(answer.multiValueHeaders ?? {})) {
    headers.set(name, Array.isArray(value) ? value.map(String) : [String(value)]);
  }
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    const text = String(value);
    if (!headers.all(name).includes(text)) headers.add(name, text);
  }
  remapResponseHeaders(headers, "AWS_PROXY");
  if (!headers.has("Content-Type")) headers.set("Content-Type", "application/json");
  const isBinary =
    answer.isBase64Encoded === true && isBinaryType(accepted, invocation.api.definition.binaryMediaTypes);
  return {
    status: Number(answer.statusCode ?? 200),
    headers,
    body: Buffer.from(answer.body ?? "", isBinary ? "base64" : "utf8"),
  };
}

const isScalar = (value: unknown): boolean => ["string", "number", "boolean"].includes(typeof value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Undefined for what is no answer of a proxied function: other members, other types. */
function parseAnswer(payload: string): ProxyAnswer | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (!isObject(answer) || !Object.keys(answer).every((name) => MEMBERS.has(name))) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = answer;
  const status = Number(statusCode ?? 200);
  const isSound =
    Number.isInteger(status) &&
    status >= 100 &&
    status < 600 &&
    (headers === undefined || headers === null || (isObject(headers) && Object.values(headers).every(isScalar))) &&
    (multiValueHeaders === undefined ||
      multiValueHeaders === null ||
      (isObject(multiValueHeaders) &&
        Object.values(multiValueHeaders).every(
          (value) => isScalar(value) || (Array.isArray(value) && value.every(isScalar)),
        ))) &&
    (body === undefined || body === null || typeof body === "string") &&
    (isBase64Encoded === undefined || isBase64Encoded === null || typeof isBase64Encoded === "boolean");
  return isSound ? answer : undefined;
}
