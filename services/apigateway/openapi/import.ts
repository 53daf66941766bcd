import { unsupported } from "../../../emulator/model/errors.ts";
import type { Ids } from "../../../emulator/runtime/ids.ts";
import { newDefinition } from "../api-settings.ts";
import { badRequest, limitExceeded } from "../errors.ts";
import { newId } from "../ids.ts";
import { checkMethod } from "../method.ts";
import type { ApiDefinition, Method, RequestValidator, Resource } from "../model.ts";
import { checkPlace, pathBelow } from "../path-part.ts";
import { compact } from "../patch.ts";
import { node, readDocument, text, type Node, type OpenApi } from "./document.ts";
import { MethodReader, readIntegration } from "./import-method.ts";
import { ImportedModels } from "./import-models.ts";
import { ImportProblems } from "./import-problems.ts";
import { ImportedSecurity } from "./import-security.ts";
import { readGatewayResponses, readSettings, readValidators } from "./import-settings.ts";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"];
const MOST_RESOURCES = 300;

export interface ImportRequest {
  readonly account: string;
  readonly apiId: string;
  readonly ids: Ids;
  readonly body: Uint8Array;
  readonly parameters: Readonly<Record<string, string>>;
  readonly failOnWarnings: boolean;
  /** The definition that the document is put on top of; without, it starts from nothing. */
  readonly onto?: ApiDefinition;
  /** The root that an API which is overwritten keeps. */
  readonly rootResourceId?: string;
}

export interface Imported {
  readonly name: string;
  readonly description?: string;
  readonly version?: string;
  readonly definition: ApiDefinition;
  readonly warnings: readonly string[];
}

/**
 * Makes the definition of an API of an OpenAPI 3.0 or Swagger 2 document and its x-amazon-apigateway extensions.
 * Documentation (descriptions of operations, parameters and models) is not kept.
 * @throws BadRequestException; unsupported for extensions and parameters that are not read
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api.html
 */
export function importDocument(request: ImportRequest): Imported {
  const document = readDocument(request.body);
  const problems = new ImportProblems();
  const definition = new Importer(request, document, problems).run();
  problems.settle(request.failOnWarnings);
  const info = node(document.root["info"]);
  const name = text(info["title"])?.trim();
  if (!name) throw badRequest("API name cannot be blank");
  const description = text(info["description"]);
  const version = text(info["version"]);
  return {
    name,
    ...(description && { description }),
    ...(version !== undefined && { version }),
    definition,
    warnings: problems.warnings,
  };
}

class Importer {
  readonly #request: ImportRequest;
  readonly #document: OpenApi;
  readonly #problems: ImportProblems;
  readonly #base: ApiDefinition;
  readonly #models: ImportedModels;
  readonly #security: ImportedSecurity;
  readonly #validators: Map<string, RequestValidator>;
  readonly #resources: Record<string, Resource>;

  constructor(request: ImportRequest, document: OpenApi, problems: ImportProblems) {
    this.#request = request;
    this.#document = document;
    this.#problems = problems;
    this.#base = request.onto ?? emptyDefinition(request.ids, request.rootResourceId);
    this.#models = new ImportedModels(request.apiId, request.ids, document, this.#base.models);
    this.#security = new ImportedSecurity(document);
    this.#validators = readValidators(request.ids, document.root, this.#base.validators);
    this.#resources = { ...this.#base.resources };
  }

  run(): ApiDefinition {
    const { root } = this.#document;
    this.#models.add(this.#document, this.#problems);
    this.#security.add(this.#request.ids, this.#base.authorizers, this.#problems);
    const prefix = basePath(this.#document, this.#request.parameters["basepath"] ?? "ignore");
    const withoutMethods: ApiDefinition = {
      ...this.#base,
      ...readSettings(root),
      authorizers: { ...this.#base.authorizers, ...this.#security.authorizers },
      validators: Object.fromEntries([...this.#validators.values()].map((validator) => [validator.id, validator])),
      gatewayResponses: { ...this.#base.gatewayResponses, ...readGatewayResponses(root) },
    };
    for (const [path, item] of Object.entries(node(root["paths"]))) {
      if (!path.startsWith("/")) continue;
      this.#problems.attempt(`Unable to create resource at path '${path}'`, () => {
        const resource = this.#resourceAt(`${prefix}${path}`);
        for (const name of METHODS) {
          const operation = node(item)[name];
          if (operation !== undefined) this.#addMethod(withoutMethods, resource.id, name, node(operation), node(item));
        }
      });
    }
    const models = { ...this.#base.models, ...this.#models.models };
    return { ...withoutMethods, models, resources: this.#resources };
  }

  /** The resource of a path; those above it are made on the way. */
  #resourceAt(path: string): Resource {
    let parent = this.#resources[this.#base.rootResourceId];
    if (!parent) throw badRequest("Invalid OpenAPI input.");
    for (const pathPart of path.split("/").filter((part) => part !== "")) {
      const above: Resource = parent;
      const found = Object.values(this.#resources).find(
        (other) => other.parentId === above.id && other.pathPart === pathPart,
      );
      parent = found ?? this.#newResource(above, pathPart);
    }
    return parent;
  }

  #newResource(parent: Resource, pathPart: string): Resource {
    checkPlace({ resources: this.#resources }, parent, pathPart);
    if (Object.keys(this.#resources).length >= MOST_RESOURCES) {
      throw limitExceeded("Maximum number of resources for this API has been reached.");
    }
    const id = newId(this.#request.ids, 6);
    const resource: Resource = { id, parentId: parent.id, pathPart, path: pathBelow(parent, pathPart), methods: {} };
    this.#resources[id] = resource;
    return resource;
  }

  #addMethod(definition: ApiDefinition, resourceId: string, name: string, operation: Node, item: Node): void {
    const httpMethod = name.startsWith("x-") ? "ANY" : name.toUpperCase();
    const resource = this.#resources[resourceId];
    if (!resource) return;
    const place = `'${httpMethod}' for resource at path '${resource.path}'`;
    let method: Method = { httpMethod, authorizationType: "NONE", apiKeyRequired: false };
    this.#problems.attempt(`Unable to put method ${place}`, () => {
      method = this.#readMethod(httpMethod, operation, item);
      checkMethod({ ...definition, models: { ...this.#base.models, ...this.#models.models } }, method);
    });
    const extension = operation["x-amazon-apigateway-integration"];
    if (extension !== undefined) {
      this.#problems.attempt(`Unable to put integration on ${place}`, () => {
        const methodIntegration = readIntegration(this.#request.account, resourceId, method, extension);
        method = { ...method, methodIntegration };
      });
    }
    this.#resources[resourceId] = { ...resource, methods: { ...resource.methods, [httpMethod]: method } };
  }

  #readMethod(httpMethod: string, operation: Node, item: Node): Method {
    const reader = new MethodReader(this.#document, this.#models, this.#problems);
    return compact({
      httpMethod,
      ...this.#security.guardOf(operation, this.#problems),
      requestValidatorId: this.#validatorOf(operation)?.id,
      operationName: text(operation["operationId"]),
      ...reader.request(operation, item["parameters"]),
      methodResponses: reader.responses(operation),
    }) as Method;
  }

  #validatorOf(operation: Node): RequestValidator | undefined {
    const extension = "x-amazon-apigateway-request-validator";
    const name = text(operation[extension] ?? this.#document.root[extension]);
    if (name === undefined) return undefined;
    const validator = this.#validators.get(name);
    if (!validator) throw badRequest(`Invalid Request Validator specified: ${name}`);
    return validator;
  }
}

function emptyDefinition(ids: Ids, rootResourceId: string | undefined): ApiDefinition {
  const definition = newDefinition(ids, "no models");
  if (rootResourceId === undefined) return definition;
  return {
    ...definition,
    rootResourceId,
    resources: { [rootResourceId]: { id: rootResourceId, path: "/", methods: {} } },
  };
}

/** What stands before the paths of the document: nothing, the base path, or the base path without its first part. */
function basePath({ version, root }: OpenApi, mode: string): string {
  if (mode === "ignore") return "";
  if (mode !== "prepend" && mode !== "split") throw badRequest(`Invalid value for basepath: ${mode}`);
  const path = (version === 2 ? text(root["basePath"]) : serverPath(root)) ?? "";
  const parts = path.split("/").filter((part) => part !== "");
  return (mode === "split" ? parts.slice(1) : parts).map((part) => `/${part}`).join("");
}

function serverPath(root: Node): string | undefined {
  const server = node(Array.isArray(root["servers"]) ? root["servers"][0] : undefined);
  const url = text(server["url"])?.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    return text(node(node(server["variables"])[name])["default"])?.replace(/^\//, "") ?? "";
  });
  return url?.replace(/^[a-z]+:\/\/[^/]*/, "");
}

const PARAMETERS = ["basepath", "endpointConfigurationTypes", "ignore"];

/** The parameters of an import that are known. @throws unsupported for the others */
export function importParameters(query: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const given = Object.entries(query ?? {}).filter(([name]) => !["mode", "failonwarnings"].includes(name));
  for (const [name, value] of given) {
    const isKnown = PARAMETERS.includes(name) && (name !== "ignore" || value === "documentation");
    if (!isKnown) throw unsupported(`The parameter ${name}=${value} of an import`);
  }
  return Object.fromEntries(given);
}
