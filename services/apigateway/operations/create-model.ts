import { badRequest, conflict } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Operation } from "../index.ts";
import type { Model } from "../model.ts";
import { checkSchema } from "../models.ts";
import { own } from "../own.ts";
import { compact } from "../patch.ts";

/**
 * Adds a model, a JSON schema (draft 4) of payloads.
 * @throws NotFoundException, BadRequestException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateModel.html
 */
export const createModel: Operation<"CreateModel"> = ({ store, ids }, input) => {
  const { models } = store.api(input.restApiId).definition;
  const { name, contentType, description } = input;
  if (name === "") throw badRequest("Model name must be non-empty");
  if (!/^[A-Za-z0-9]+$/.test(name)) throw badRequest(`Model name must be alphanumeric: ${name}`);
  const schema = checkSchema(input.schema, contentType, (other) => other === name || own(models, other) !== undefined);
  if (own(models, name)) throw conflict("Model name already exists for this REST API");
  const model: Model = compact({ id: newId(ids, 6), name, description, schema, contentType });
  store.changeDefinition(input.restApiId, () => ({ models: { ...models, [name]: model } }));
  return model;
};
