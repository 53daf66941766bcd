import type { Ids } from "../../../emulator/runtime/ids.ts";
import { newId } from "../ids.ts";
import { checkSchema } from "../models.ts";
import type { Model } from "../model.ts";
import { badRequest } from "../errors.ts";
import { isNode, schemasOf, text, type Node, type OpenApi } from "./document.ts";
import type { ImportProblems } from "./import-problems.ts";

const REFERENCE = /^#\/(?:definitions|components\/schemas)\/([^/]+)$/;

/** The models of a document: its named schemas, and those that stand within its operations. */
export class ImportedModels {
  readonly models: Record<string, Model> = {};
  readonly #apiId: string;
  readonly #ids: Ids;
  readonly #known: (name: string) => boolean;

  /** @param existing the models that an import is merged with */
  constructor(apiId: string, ids: Ids, document: OpenApi, existing: Readonly<Record<string, Model>>) {
    this.#apiId = apiId;
    this.#ids = ids;
    const schemas = schemasOf(document);
    this.#known = (name) => [schemas, existing, this.models].some((names) => Object.hasOwn(names, name));
  }

  add(document: OpenApi, problems: ImportProblems): void {
    for (const [name, schema] of Object.entries(schemasOf(document))) {
      problems.attempt(`Unable to create model for '${name}'`, () => this.#put(name, schema));
    }
  }

  #put(name: string, schema: unknown): void {
    if (!/^[A-Za-z0-9]+$/.test(name)) throw badRequest(`Model name must be alphanumeric: ${name}`);
    const description = text(isNode(schema) ? schema["description"] : undefined);
    const contentType = "application/json";
    this.models[name] = {
      id: newId(this.#ids, 6),
      name,
      ...(description !== undefined && { description }),
      schema: checkSchema(JSON.stringify(this.#linked(schema)), contentType, this.#known),
      contentType,
    };
  }

  /** The name of the model of a schema: of the one that it refers to, or of a new one. */
  nameOf(schema: Node, problems: ImportProblems): string | undefined {
    const reference = REFERENCE.exec(text(schema["$ref"]) ?? "")?.[1];
    if (reference === undefined) {
      if (Object.keys(schema).length === 0) return undefined;
      const name = `MODEL${newId(this.#ids, 6)}`;
      this.#put(name, schema);
      return name;
    }
    if (this.#known(reference)) return reference;
    problems.warn(`Reference to model '${reference}' not found. Ignoring.`);
    return undefined;
  }

  /** References within the document become references to models. */
  #linked(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item: unknown) => this.#linked(item));
    if (!isNode(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        const name = key === "$ref" ? REFERENCE.exec(text(member) ?? "")?.[1] : undefined;
        const url = `https://apigateway.amazonaws.com/restapis/${this.#apiId}/models/${name}`;
        return [key, name === undefined ? this.#linked(member) : url];
      }),
    );
  }
}
