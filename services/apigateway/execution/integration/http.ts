import type { Integration } from "../../model.ts";
import { encode } from "../address.ts";
import { internalError } from "../gateway-error.ts";
import type { Invocation } from "../invocation.ts";
import { fillUri } from "../parameter-mapping.ts";
import type { BackendAnswer } from "./answer.ts";
import type { HttpClient } from "./http-client.ts";
import type { IntegrationRequest } from "./request.ts";

export const searchOf = (query: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(query)
    .flatMap(([name, values]) => values.map((value) => `${encode(name)}=${encode(value)}`))
    .join("&");

/** Sends a request to an HTTP backend (types HTTP and HTTP_PROXY). @throws GatewayError */
export async function runHttp(
  client: HttpClient,
  invocation: Invocation,
  integration: Integration,
  { headers, path, query, body }: IntegrationRequest,
  signal: AbortSignal,
): Promise<BackendAnswer> {
  const { api, request, stageVariables, log } = invocation;
  const uri = fillUri(integration.uri ?? "", path, stageVariables);
  const target = /^https?:\/\//.test(uri) ? uri : `https://${uri}`;
  if (!URL.canParse(target)) {
    log.error(`Execution failed due to configuration error: Invalid endpoint address ${target}`);
    throw internalError();
  }
  const url = new URL(target);
  url.search = [url.search.slice(1), searchOf(query)].filter(Boolean).join("&");
  headers.set("x-amzn-apigateway-api-id", api.apiId);
  if (!headers.has("User-Agent")) headers.set("User-Agent", `AmazonAPIGateway_${api.apiId}`);
  const { httpMethod } = integration;
  log.info(() => `Sending request to ${url.href}`);
  const answer = await client.send({
    url,
    method: httpMethod === undefined || httpMethod === "ANY" ? request.httpMethod : httpMethod,
    headers,
    body,
    insecure: integration.insecureSkipVerification === true,
    signal,
  });
  return { ...answer, selection: String(answer.status) };
}
