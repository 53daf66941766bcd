import { gatewayResponse } from "../gateway-responses.ts";
import type { ApiDefinition } from "../model.ts";
import { contextText } from "./context.ts";
import type { GatewayError } from "./gateway-error.ts";
import { HeaderList } from "./header-list.ts";
import type { Answer } from "./integration/answer.ts";
import { firstAccepted, mediaType } from "./media-type.ts";
import type { MethodRequest } from "./method-request.ts";
import { decode } from "./address.ts";

/** What a gateway response may speak of; of a request that found no method, some of it is empty. */
export interface FailedRequest {
  readonly request: MethodRequest;
  readonly context: Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The members of `$context.error`. */
export const errorContext = (error: GatewayError): Record<string, unknown> => ({
  message: error.text,
  messageString: JSON.stringify(error.text),
  responseType: error.type,
  // it quotes names, and templates put it between quotes
  ...(error.validationError !== undefined && {
    validationErrorString: JSON.stringify(error.validationError).slice(1, -1),
  }),
});

/** The answer to a request that failed, as the API's gateway responses have it. */
export function renderGatewayResponse(definition: ApiDefinition, failed: FailedRequest, error: GatewayError): Answer {
  const response = gatewayResponse(definition, error.type);
  const status = Number(response.statusCode ?? error.status ?? 500);
  const isPlain = response.defaultResponse && Object.keys(response.responseParameters).length === 0;
  const headers = new HeaderList([["x-amzn-ErrorType", error.errorType]]);
  for (const [target, source] of Object.entries(response.responseParameters)) {
    const value = parameterValue(failed, source);
    if (value !== undefined) headers.set(target.replace("gatewayresponse.header.", ""), value);
  }
  const template = selectTemplate(response.responseTemplates, failed.request.headers.get("accept"));
  // the default answer to a refusal has a capital letter
  const body =
    isPlain && error.errorType === "AccessDeniedException"
      ? JSON.stringify({ Message: error.text })
      : fill(template?.text ?? "", failed);
  if (!headers.has("Content-Type")) headers.set("Content-Type", template?.type ?? "application/json");
  // a status that only the error knows stands as long as nobody set another
  const own = isPlain && error.status !== undefined ? error.status : status;
  return { status: own, headers, body: Buffer.from(body) };
}

function selectTemplate(
  templates: Readonly<Record<string, string>>,
  accept: string | undefined,
): { readonly type: string; readonly text: string } | undefined {
  const all = Object.entries(templates);
  const wanted = firstAccepted(accept);
  const found =
    all.find(([type]) => mediaType(type) === wanted) ?? all.find(([type]) => type === "application/json") ?? all[0];
  return found && { type: found[0], text: found[1] };
}

const METHOD_PARAMETER = /^method\.request\.(path|querystring|header)\.(.+)$/;

function parameterValue(
  { request, context, stageVariables, pathParameters }: FailedRequest,
  source: string,
): string | undefined {
  if (source.startsWith("'") && source.endsWith("'")) return source.slice(1, -1);
  const [, place, name = ""] = METHOD_PARAMETER.exec(source) ?? [];
  if (place === "header") return request.headers.get(name);
  if (place === "querystring") return request.query[name]?.at(-1);
  if (place === "path") return pathParameters[name] === undefined ? undefined : decode(pathParameters[name]);
  if (source.startsWith("context.")) return contextText(context, source.slice("context.".length));
  return source.startsWith("stageVariables.") ? stageVariables[source.slice("stageVariables.".length)] : undefined;
}

/** Variables are filled in; there are no directives in these templates. */
function fill(template: string, failed: FailedRequest): string {
  return template.replaceAll(
    /\$!?(?:\{((?:context|stageVariables|method\.request)\.[\w.-]+)\}|((?:context|stageVariables|method\.request)(?:\.[\w-]+)+))/g,
    (_whole, braced?: string, bare?: string) =>
      parameterValue(failed, braced ?? bare ?? "") ?? ((braced ?? bare)?.endsWith("error.messageString") ? "null" : ""),
  );
}
