import { decode, encode } from "./address.ts";
import { contextText } from "./context.ts";
import { badJson } from "./gateway-error.ts";
import type { HeaderList } from "./header-list.ts";
import type { Invocation } from "./invocation.ts";
import { selectJson } from "./json-path.ts";
import { isMap, parseJson, stringifyJson, toText } from "./vtl/values.ts";

/** What an integration request gets beside its body. */
export interface MappedRequest {
  readonly header: Record<string, string | readonly string[]>;
  readonly path: Record<string, string>;
  readonly querystring: Record<string, string | readonly string[]>;
}

const TARGET = /^integration\.request\.(path|querystring|header|multivaluequerystring|multivalueheader)\.(.+)$/;
const REQUEST_SOURCE = /^method\.request\.(path|querystring|header|multivaluequerystring|multivalueheader)\.(.+)$/;
const RESPONSE_SOURCE = /^integration\.response\.(header|multivalueheader)\.(.+)$/;

/**
 * `integration.request.header.x` -> `method.request.querystring.y` and so on, worked out for a request. What is not there is not
 * mapped.
 * @throws GatewayError where a part of a body is wanted that is no JSON
 */
export function mapRequest(
  invocation: Invocation,
  mapping: Readonly<Record<string, string>> | undefined,
): MappedRequest {
  const mapped: MappedRequest = { header: {}, path: {}, querystring: {} };
  for (const target in mapping) {
    const [, place = "", name = ""] = TARGET.exec(target) ?? [];
    const value = requestValue(invocation, mapping[target] ?? "");
    if (value === undefined) continue;
    if (place === "path") mapped.path[name] = typeof value === "string" ? value : value.join(",");
    else mapped[place.endsWith("header") ? "header" : "querystring"][name] = value;
  }
  return mapped;
}

function requestValue(invocation: Invocation, source: string): string | readonly string[] | undefined {
  const [, place, name = ""] = REQUEST_SOURCE.exec(source) ?? [];
  const { request, pathParameters } = invocation;
  switch (place) {
    case "path": {
      const value = pathParameters[name];
      return value === undefined ? undefined : decode(value);
    }
    case "querystring":
      return request.query[name]?.at(-1);
    case "multivaluequerystring":
      return request.query[name];
    case "header":
      return request.headers.get(name);
    case "multivalueheader": {
      const values = request.headers.all(name);
      return values.length === 0 ? undefined : values;
    }
    default:
      return commonValue(invocation, source, "method.request.body", () => invocation.body);
  }
}

/** Literals, context and stage variables, and parts of a body. */
function commonValue(
  { context, stageVariables }: Invocation,
  source: string,
  bodyPrefix: string,
  body: () => Buffer,
): string | undefined {
  if (source.startsWith("'") && source.endsWith("'")) return source.slice(1, -1);
  if (source.startsWith("context.")) return contextText(context, source.slice("context.".length));
  if (source.startsWith("stageVariables.")) return stageVariables[source.slice("stageVariables.".length)];
  if (source === bodyPrefix) return body().toString("utf8");
  return source.startsWith(bodyPrefix) ? partOfBody(body(), source.slice(bodyPrefix.length)) : undefined;
}

function partOfBody(body: Buffer, path: string): string | undefined {
  const text = body.toString("utf8").trim();
  let document: unknown;
  try {
    document = text === "" ? {} : parseJson(text);
  } catch {
    throw badJson();
  }
  const found = selectJson(document, `$${path}`);
  if (found === undefined || found === null) return undefined;
  return isMap(found) || Array.isArray(found) ? stringifyJson(found) : toText(found);
}

/** `method.response.header.x` -> `integration.response.header.y` and so on: the headers of the answer. */
export function mapResponse(
  invocation: Invocation,
  mapping: Readonly<Record<string, string>> | undefined,
  answer: { readonly headers: HeaderList; readonly body: Buffer },
): Map<string, readonly string[]> {
  const mapped = new Map<string, readonly string[]>();
  for (const target in mapping) {
    const name = target.replace(/^method\.response\.(?:header|multivalueheader)\./, "");
    const values = responseValues(invocation, mapping[target] ?? "", answer);
    if (values.length > 0) mapped.set(name, values);
  }
  return mapped;
}

function responseValues(
  invocation: Invocation,
  source: string,
  { headers, body }: { readonly headers: HeaderList; readonly body: Buffer },
): readonly string[] {
  const [, place, name = ""] = RESPONSE_SOURCE.exec(source) ?? [];
  if (place === "multivalueheader") return headers.all(name);
  const value =
    place === "header" ? headers.get(name) : commonValue(invocation, source, "integration.response.body", () => body);
  return value === undefined ? [] : [value];
}

/** `https://${stageVariables.host}/{id}`: stage variables, and parameters of the path percent-encoded. */
export function fillUri(
  uri: string,
  path: Readonly<Record<string, string>>,
  stageVariables: Readonly<Record<string, string>>,
): string {
  if (!uri.includes("{")) return uri;
  return uri
    .replaceAll(/\$\{stageVariables\.([\w-]+)\}/g, (_whole, name: string) => stageVariables[name] ?? "")
    .replaceAll(/\{([^{}]+?)\+?\}/g, (whole, name: string) => {
      const value = path[name];
      return value === undefined ? whole : value.split("/").map(encode).join("/");
    });
}
