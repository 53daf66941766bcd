import AjvDraft04 from "ajv-draft-04";
import { badRequest } from "./errors.ts";

const ajv = new AjvDraft04.default({ strict: false, validateFormats: false, logger: false });

const REFERENCE = /^https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/([^/]+)$/;

const invalidSchema = (problem: string) =>
  badRequest(`Invalid model specified: Validation Result: warnings : [], errors : [${problem}]`);

/**
 * A model's schema is JSON schema draft 4; references to other models have to be met. Schemas of other content types than
 * JSON are not read.
 * @param known whether there is a model of a name
 * @throws BadRequestException
 */
export function checkSchema(
  schema: string | undefined,
  contentType: string,
  known: (model: string) => boolean,
): string {
  if (schema === undefined || schema.trim() === "") {
    throw badRequest("Model schema must have at least 1 property or array items defined");
  }
  if (!contentType.includes("json")) return schema;
  let parsed: unknown;
  try {
    parsed = JSON.parse(schema);
  } catch {
    throw invalidSchema("Invalid model schema specified");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw invalidSchema("Invalid model schema specified");
  }
  const { $schema: _draft, ...rest } = parsed as Record<string, unknown>;
  if (ajv.validateSchema(rest) !== true) {
    const problem = ajv.errors?.[0];
    throw invalidSchema(
      `Invalid model schema specified${problem ? `: ${problem.instancePath || "/"} ${problem.message}` : ""}`,
    );
  }
  for (const name of referencedModels(parsed)) {
    if (!known(name)) throw invalidSchema(`Invalid model schema specified: Could not find reference to model: ${name}`);
  }
  return schema;
}

/** The names of the models that a schema refers to. */
export function referencedModels(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const name = key === "$ref" && typeof value === "string" ? REFERENCE.exec(value)?.[1] : undefined;
    return name === undefined ? referencedModels(value) : [name];
  });
}
