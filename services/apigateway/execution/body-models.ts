import AjvDraft04 from "ajv-draft-04";
import type { ErrorObject, ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { Model } from "../model.ts";
import { wordErrors } from "./validation-words.ts";

const REFERENCE = /^https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/([^/#]+)(#.*)?$/;
const keyOf = (name: string): string => `https://apigateway.amazonaws.com/models/${name}`;

/** The formats of draft 4. */
const FORMATS = ["date-time", "email", "hostname", "ipv4", "ipv6", "regex", "uri"] as const;

/** The models of an API, each compiled when a body is first held against it. */
export class BodyModels {
  readonly #models: Readonly<Record<string, Model>>;
  readonly #ajv = new AjvDraft04.default({
    strict: false,
    allErrors: true,
    verbose: true,
    logger: false,
    validateSchema: false,
  });
  readonly #compiled = new Map<string, ValidateFunction>();
  #isFilled = false;

  constructor(models: Readonly<Record<string, Model>>) {
    this.#models = models;
    addFormats.default(this.#ajv, [...FORMATS]);
  }

  /** @returns what is wrong with a body, undefined: nothing */
  check(modelName: string, body: string): string | undefined {
    let instance: unknown;
    try {
      instance = JSON.parse(body);
    } catch {
      return body === "" ? "Empty body" : "Unable to parse the body as JSON";
    }
    const validate = this.#validator(modelName);
    if (!validate || validate(instance)) return undefined;
    return wordErrors(validate.errors as ErrorObject[]);
  }

  #validator(name: string): ValidateFunction | undefined {
    const known = this.#compiled.get(name);
    if (known || !this.#models[name]) return known;
    if (!this.#isFilled) this.#fill();
    const validate = this.#ajv.getSchema(keyOf(name));
    if (validate) this.#compiled.set(name, validate as ValidateFunction);
    return validate as ValidateFunction | undefined;
  }

  #fill(): void {
    this.#isFilled = true;
    for (const { name, schema, contentType } of Object.values(this.#models)) {
      if (!contentType.includes("json")) continue;
      const { $schema: _draft, id: _id, ...rest } = JSON.parse(schema) as Record<string, unknown>;
      this.#ajv.addSchema(withLocalReferences(rest) as object, keyOf(name));
    }
  }
}

/** Models refer to each other by URLs that name an API; here there is but one. */
function withLocalReferences(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(withLocalReferences);
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const [, name, fragment = ""] = (key === "$ref" && typeof value === "string" && REFERENCE.exec(value)) || [];
      return [key, name === undefined ? withLocalReferences(value) : keyOf(name) + fragment];
    }),
  );
}
