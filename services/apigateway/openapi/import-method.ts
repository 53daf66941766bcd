import type { IntegrationType } from "@aws-sdk/client-api-gateway";
import { badRequest } from "../errors.ts";
import { integrationOf } from "../integration.ts";
import { checkContentHandling, checkContentTypes, checkResponseMapping } from "../mapping.ts";
import type { Integration, IntegrationResponse, Method, MethodResponse } from "../model.ts";
import { compact } from "../patch.ts";
import { isNode, node, nodes, resolve, text, textMap, texts, type Node, type OpenApi } from "./document.ts";
import type { ImportedModels } from "./import-models.ts";
import type { ImportProblems } from "./import-problems.ts";

const LOCATIONS: Readonly<Record<string, string>> = { path: "path", query: "querystring", header: "header" };

/** Content type -> name of a model, of the schemas of a body. */
type Models = Record<string, string>;

/** The parts of a method that an operation describes; `models` takes up the schemas within it. */
export class MethodReader {
  readonly #document: OpenApi;
  readonly #models: ImportedModels;
  readonly #problems: ImportProblems;

  constructor(document: OpenApi, models: ImportedModels, problems: ImportProblems) {
    this.#document = document;
    this.#models = models;
    this.#problems = problems;
  }

  /** `shared` are the parameters of all operations of the path. */
  request(operation: Node, shared: unknown): Pick<Method, "requestParameters" | "requestModels"> {
    const parameters = [...nodes(shared), ...nodes(operation["parameters"])].map((one) => resolve(this.#document, one));
    const declared = parameters.flatMap((parameter) => {
      const location = LOCATIONS[text(parameter["in"]) ?? ""];
      const name = text(parameter["name"]);
      const isRequired = parameter["required"] === true;
      return location && name ? [[`method.request.${location}.${name}`, isRequired] as const] : [];
    });
    const models = this.#requestModels(operation, parameters);
    return {
      ...(declared.length > 0 && { requestParameters: Object.fromEntries(declared) }),
      ...(Object.keys(models).length > 0 && { requestModels: models }),
    };
  }

  #requestModels(operation: Node, parameters: readonly Node[]): Models {
    if (this.#document.version === 3) return this.#contentModels(resolve(this.#document, operation["requestBody"]));
    const body = parameters.find((parameter) => parameter["in"] === "body");
    return body ? this.#modelOfTypes(node(body["schema"]), this.#types(operation, "consumes")) : {};
  }

  #types(operation: Node, member: "consumes" | "produces"): string[] {
    const types = texts(operation[member] ?? this.#document.root[member]);
    return types.length > 0 ? types : ["application/json"];
  }

  #modelOfTypes(schema: Node, types: readonly string[]): Models {
    const name = this.#models.nameOf(schema, this.#problems);
    return name === undefined ? {} : Object.fromEntries(types.map((type) => [type, name]));
  }

  #contentModels(body: Node): Models {
    return Object.fromEntries(
      Object.entries(node(body["content"])).flatMap(([type, media]) => {
        const name = this.#models.nameOf(node(node(media)["schema"]), this.#problems);
        return name === undefined ? [] : [[type, name] as const];
      }),
    );
  }

  responses(operation: Node): Record<string, MethodResponse> | undefined {
    const responses = Object.entries(node(operation["responses"])).filter(([status]) => /^[1-5]\d\d$/.test(status));
    if (responses.length === 0) return undefined;
    return Object.fromEntries(
      responses.map(([statusCode, value]) => {
        const response = resolve(this.#document, value);
        const names = Object.keys(node(response["headers"])).map((name) => [`method.response.header.${name}`, false]);
        const models =
          this.#document.version === 3
            ? this.#contentModels(response)
            : this.#modelOfTypes(node(response["schema"]), this.#types(operation, "produces"));
        return [
          statusCode,
          {
            statusCode,
            ...(names.length > 0 && { responseParameters: Object.fromEntries(names) as Record<string, boolean> }),
            ...(Object.keys(models).length > 0 && { responseModels: models }),
          },
        ];
      }),
    );
  }
}

const upper = (value: unknown): string | undefined => text(value)?.toUpperCase();

/** The integration that the extension of an operation describes. @throws BadRequestException */
export function readIntegration(account: string, resourceId: string, method: Method, extension: unknown): Integration {
  if (!isNode(extension)) throw badRequest("Invalid integration specified");
  const timeout = extension["timeoutInMillis"];
  const integration = integrationOf(account, resourceId, method, {
    restApiId: undefined,
    resourceId: undefined,
    httpMethod: undefined,
    type: upper(extension["type"]) as IntegrationType,
    integrationHttpMethod: upper(extension["httpMethod"]),
    uri: text(extension["uri"]),
    credentials: text(extension["credentials"]),
    requestParameters: textMap(extension["requestParameters"]),
    requestTemplates: textMap(extension["requestTemplates"]),
    passthroughBehavior: upper(extension["passthroughBehavior"]),
    contentHandling: upper(extension["contentHandling"]) as "CONVERT_TO_TEXT" | undefined,
    timeoutInMillis: timeout === undefined ? undefined : Number(timeout),
    cacheNamespace: text(extension["cacheNamespace"]),
    cacheKeyParameters: texts(extension["cacheKeyParameters"]),
    connectionType: upper(extension["connectionType"]) as "INTERNET" | undefined,
    connectionId: text(extension["connectionId"]),
    responseTransferMode: upper(extension["responseTransferMode"]) as "BUFFERED" | undefined,
    tlsConfig: isNode(extension["tlsConfig"])
      ? { insecureSkipVerification: extension["tlsConfig"]["insecureSkipVerification"] === true }
      : undefined,
  });
  const integrationResponses = readResponses(method, node(extension["responses"]));
  return { ...integration, ...(integrationResponses && { integrationResponses }) };
}

/** The key of a response is its pattern; `default` has none. */
function readResponses(method: Method, responses: Node): Record<string, IntegrationResponse> | undefined {
  const entries = Object.entries(responses).map(([pattern, value]) => {
    const response = node(value);
    const statusCode = text(response["statusCode"]) ?? "";
    if (!/^[1-5]\d\d$/.test(statusCode)) throw badRequest(`Invalid status code specified: ${statusCode}`);
    const responseParameters = textMap(response["responseParameters"]);
    const responseTemplates = textMap(response["responseTemplates"]);
    const contentHandling = upper(response["contentHandling"]);
    checkContentTypes(responseTemplates);
    checkContentHandling(contentHandling);
    checkResponseMapping(method, statusCode, responseParameters);
    return [
      statusCode,
      compact({
        statusCode,
        selectionPattern: pattern === "default" ? undefined : pattern,
        responseParameters,
        responseTemplates,
        contentHandling,
      }) as IntegrationResponse,
    ] as const;
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
