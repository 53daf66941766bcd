import type { Integration } from "../../model.ts";
import { decodeAll } from "../address.ts";
import { unsupportedMediaType } from "../gateway-error.ts";
import { HeaderList } from "../header-list.ts";
import type { Invocation } from "../invocation.ts";
import { renderTemplate } from "../mapping-template.ts";
import { isBinaryType, mediaType } from "../media-type.ts";
import { mapRequest } from "../parameter-mapping.ts";
import { isMap, toText } from "../vtl/values.ts";

/** What is sent to a backend, but for where. */
export interface IntegrationRequest {
  readonly headers: HeaderList;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly body: Buffer;
}

/** The request to a backend of a proxy integration: the client's, with what the mapping adds. */
export function proxyRequest(invocation: Invocation, integration: Integration): IntegrationRequest {
  const { request, body, pathParameters } = invocation;
  const mapped = mapRequest(invocation, integration.requestParameters);
  const headers = new HeaderList([...request.headers].filter(([name]) => name.toLowerCase() !== "host"));
  for (const [name, value] of Object.entries(mapped.header)) headers.set(name, value);
  return {
    headers,
    path: { ...decodeAll(pathParameters), ...mapped.path },
    query: { ...request.query, ...lists(mapped.querystring) },
    body,
  };
}

/**
 * The request to a backend of an integration that is no proxy: only what mappings and templates make of the client's.
 * @throws GatewayError Unsupported Media Type where no template is for the client's content type and it may not pass through
 */
export function mappedRequest(invocation: Invocation, integration: Integration): IntegrationRequest {
  const mapped = mapRequest(invocation, integration.requestParameters);
  const body = requestBody(invocation, integration);
  const { header, path, querystring } = invocation.overrides.requestOverride;
  const headers = new HeaderList();
  for (const [name, value] of Object.entries({ ...mapped.header, ...texts(header) })) headers.set(name, value);
  if (!headers.has("Content-Type")) headers.set("Content-Type", "application/json");
  return {
    headers,
    path: { ...mapped.path, ...Object.fromEntries(Object.entries(path).map(([name, value]) => [name, toText(value)])) },
    query: lists({ ...mapped.querystring, ...texts(querystring) }),
    body,
  };
}

function requestBody(invocation: Invocation, integration: Integration): Buffer {
  const templates = integration.requestTemplates ?? {};
  const type = mediaType(invocation.request.headers.get("content-type")) ?? "application/json";
  const template = Object.entries(templates).find(([key]) => mediaType(key) === type)?.[1] ?? templates["$default"];
  const body = convert(invocation, integration, type);
  if (template !== undefined && template !== null) {
    return Buffer.from(renderTemplate(invocation, template, body.toString("utf8")));
  }
  const passes =
    integration.passthroughBehavior === "WHEN_NO_MATCH" ||
    (integration.passthroughBehavior === "WHEN_NO_TEMPLATES" && Object.keys(templates).length === 0);
  if (!passes) throw unsupportedMediaType();
  return body;
}

/** A binary body becomes base64 text, or base64 text binary, as the integration asks. */
function convert({ api, body }: Invocation, { contentHandling }: Integration, type: string): Buffer {
  const isBinary = isBinaryType(type, api.definition.binaryMediaTypes);
  if (contentHandling === "CONVERT_TO_TEXT" && isBinary) return Buffer.from(body.toString("base64"));
  if (contentHandling === "CONVERT_TO_BINARY" && !isBinary) return Buffer.from(body.toString("utf8"), "base64");
  return body;
}

const lists = (values: Readonly<Record<string, string | readonly string[]>>): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? [value] : value]),
  );

/** Overrides are strings, or lists of them. */
const texts = (overrides: Readonly<Record<string, unknown>>): Record<string, string | readonly string[]> =>
  Object.fromEntries(
    Object.entries(overrides)
      .filter(([, value]) => value !== null && value !== undefined && !isMap(value))
      .map(([name, value]) => [name, Array.isArray(value) ? value.map((item) => toText(item)) : toText(value)]),
  );
