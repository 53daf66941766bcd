import type { Integration, IntegrationResponse } from "../../model.ts";
import { internalError } from "../gateway-error.ts";
import { HeaderList } from "../header-list.ts";
import { remapResponseHeaders } from "../headers.ts";
import type { Invocation } from "../invocation.ts";
import { renderTemplate } from "../mapping-template.ts";
import { firstAccepted, isBinaryType, mediaType } from "../media-type.ts";
import { mapResponse } from "../parameter-mapping.ts";
import { javaRegex } from "../vtl/java-regex.ts";
import { toText, VtlError } from "../vtl/values.ts";
import type { Answer, BackendAnswer } from "./answer.ts";

/**
 * What an integration's responses make of a backend's answer: the first whose pattern fits, else the one without a pattern.
 * @throws GatewayError where there is none
 */
export function mapAnswer(invocation: Invocation, integration: Integration, answer: BackendAnswer): Answer {
  const response = selectResponse(invocation, integration, answer);
  const mapped = mapResponse(invocation, response.responseParameters, answer);
  const template = selectTemplate(response.responseTemplates, invocation.request.headers.get("accept"));
  const converted = convert(invocation, response, answer);
  const body = template?.text
    ? Buffer.from(renderTemplate(invocation, template.text, converted.toString("utf8")))
    : converted;
  const headers = new HeaderList();
  for (const [name, values] of mapped) headers.set(name, values);
  const { header, status } = invocation.overrides.responseOverride;
  for (const [name, value] of Object.entries(header)) {
    headers.set(name, Array.isArray(value) ? value.map((item) => toText(item)) : toText(value));
  }
  remapResponseHeaders(headers, integration.type);
  if (!headers.has("Content-Type")) headers.set("Content-Type", template?.type ?? "application/json");
  return { status: overriddenStatus(status) ?? Number(response.statusCode), headers, body };
}

function selectResponse(invocation: Invocation, integration: Integration, answer: BackendAnswer): IntegrationResponse {
  const responses = Object.values(integration.integrationResponses ?? {});
  const selected =
    responses.find(({ selectionPattern }) => selectionPattern && fits(selectionPattern, answer.selection)) ??
    responses.find(({ selectionPattern }) => !selectionPattern);
  if (selected && invocation.method.methodResponses?.[selected.statusCode]) return selected;
  invocation.log.error(
    selected
      ? `Execution failed due to configuration error: Output mapping refers to an invalid method response: ${selected.statusCode}`
      : `Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${answer.status}`,
  );
  throw internalError();
}

function fits(pattern: string, text: string): boolean {
  try {
    return javaRegex(`^(?:${pattern})$`).test(text);
  } catch (error) {
    if (error instanceof VtlError) throw internalError(error);
    throw error;
  }
}

/** The template for what the client accepts, else the one for JSON, else the first. */
function selectTemplate(
  templates: Readonly<Record<string, string>> | undefined,
  accept: string | undefined,
): { readonly type: string; readonly text: string } | undefined {
  const all = Object.entries(templates ?? {});
  const wanted = firstAccepted(accept);
  const found =
    all.find(([type]) => mediaType(type) === wanted) ?? all.find(([type]) => type === "application/json") ?? all[0];
  return found && { type: found[0], text: found[1] };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html */
function convert(
  { api, request }: Invocation,
  { contentHandling }: IntegrationResponse,
  answer: BackendAnswer,
): Buffer {
  const { binaryMediaTypes } = api.definition;
  const isBinary = isBinaryType(mediaType(answer.headers.get("content-type")), binaryMediaTypes);
  const wantsBinary = isBinaryType(firstAccepted(request.headers.get("accept")), binaryMediaTypes);
  const isText = contentHandling === "CONVERT_TO_TEXT" || (contentHandling === undefined && !wantsBinary);
  if (isBinary) return isText ? Buffer.from(answer.body.toString("base64")) : answer.body;
  return contentHandling === "CONVERT_TO_BINARY" ||
    (contentHandling === undefined && wantsBinary && binaryMediaTypes.length > 0)
    ? Buffer.from(answer.body.toString("utf8"), "base64")
    : answer.body;
}

/** Anything but a whole number that is a status is ignored. */
function overriddenStatus(status: unknown): number | undefined {
  const number = typeof status === "string" ? Number(status) : status;
  return typeof number === "number" && Number.isInteger(number) && number >= 100 && number < 600 ? number : undefined;
}
