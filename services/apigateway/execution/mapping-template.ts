import { badJson, internalError } from "./gateway-error.ts";
import { decode, decodeAll, encode } from "./address.ts";
import { selectJson } from "./json-path.ts";
import { lastValues } from "./method-request.ts";
import type { Invocation } from "./invocation.ts";
import { HostObject, isMap, NO_SUCH_METHOD, parseJson, stringifyJson, toText, VtlError } from "./vtl/values.ts";

type Args = readonly unknown[];

/**
 * Renders a mapping template over a body: the client's, or that of an integration's answer.
 * @throws GatewayError
 */
export function renderTemplate(invocation: Invocation, text: string, body: string): string {
  const { context, overrides, stageVariables } = invocation;
  try {
    return invocation.api.template(text).render({
      input: new Input(invocation, body),
      util: UTIL,
      context: { ...context, ...overrides },
      stageVariables,
    });
  } catch (error) {
    if (!(error instanceof VtlError)) throw error;
    invocation.log.error(`Execution failed due to configuration error: Unable to transform: ${error.message}`);
    throw internalError(error);
  }
}

/** `$input`. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html */
class Input extends HostObject {
  readonly #invocation: Invocation;
  readonly #body: string;
  #document: unknown;
  #isParsed = false;

  constructor(invocation: Invocation, body: string) {
    super();
    this.#invocation = invocation;
    this.#body = body;
  }

  property(name: string): unknown {
    // of a request without a body, templates see an empty object
    return name === "body" ? this.#body || "{}" : null;
  }

  call(name: string, [path]: Args): unknown {
    switch (name) {
      case "path":
        return this.#select(path);
      case "json": {
        const found = this.#select(path);
        return found === undefined ? '""' : stringifyJson(found);
      }
      case "params":
        return path === undefined ? this.#allParams() : this.#param(toText(path));
      case "body":
      case "getBody":
        return this.property("body");
      default:
        return NO_SUCH_METHOD;
    }
  }

  #select(path: unknown): unknown {
    if (!this.#isParsed) {
      try {
        this.#document = this.#body.trim() === "" ? {} : parseJson(this.#body);
      } catch {
        throw badJson();
      }
      this.#isParsed = true;
    }
    return selectJson(this.#document, toText(path));
  }

  /** Looked for in the path, the query and the headers, in this order. */
  #param(name: string): string {
    const { pathParameters, request } = this.#invocation;
    if (Object.hasOwn(pathParameters, name)) return decode(pathParameters[name] ?? "");
    if (Object.hasOwn(request.query, name)) return request.query[name]?.at(-1) ?? "";
    return request.headers.get(name) ?? "";
  }

  #allParams(): Record<string, unknown> {
    const { pathParameters, request } = this.#invocation;
    return {
      path: decodeAll(pathParameters),
      querystring: lastValues(request.query),
      header: request.headers.single(),
    };
  }
}

const hex = (code: number): string => code.toString(16).toUpperCase().padStart(4, "0");
const ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\n": "\\n",
  "\t": "\\t",
  "\f": "\\f",
  "\r": "\\r",
  "'": "\\'",
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
};

/** As the Java library that API Gateway uses escapes strings: what is not ASCII by its code. */
const escapeJavaScript = (text: string): string =>
  text.replaceAll(
    /[\0-\x1f'"\\/\x7f-\uffff]/g,
    (character) => ESCAPES[character] ?? `\\u${hex(character.charCodeAt(0))}`,
  );

const urlEncode = (text: string): string =>
  encode(text)
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");

/** A value as text, objects as JSON. */
const asText = (value: unknown): string =>
  isMap(value) || Array.isArray(value) ? stringifyJson(value) : toText(value);

/** `$util`. */
class Util extends HostObject {
  property(): unknown {
    return null;
  }

  call(name: string, [value]: Args): unknown {
    switch (name) {
      case "escapeJavaScript":
        return value === null || value === undefined ? null : escapeJavaScript(asText(value));
      case "parseJson":
        return parse(toText(value));
      case "urlEncode":
        return urlEncode(toText(value));
      case "urlDecode":
        return decode(toText(value).replaceAll("+", " "));
      case "base64Encode":
        return Buffer.from(asText(value)).toString("base64");
      case "base64Decode":
        return Buffer.from(toText(value), "base64").toString("utf8");
      default:
        return NO_SUCH_METHOD;
    }
  }
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new VtlError("$util.parseJson was given text that is no JSON");
  }
}

const UTIL = new Util();
