import type { Operation } from "../index.ts";
import { requireModel } from "../lookup.ts";
import type { Model } from "../model.ts";
import { checkSchema } from "../models.ts";
import { own } from "../own.ts";
import { applyPatches, orUndefined, replaces, type PatchRule } from "../patch.ts";

const RULES: readonly PatchRule<Model>[] = [
  replaces("/description", (description) => ({ description: orUndefined(description) })),
  replaces("/schema", (schema) => ({ schema })),
];

/**
 * Changes the schema or the description of a model.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateModel.html
 */
export const updateModel: Operation<"UpdateModel"> = ({ store }, { restApiId, modelName, patchOperations }) => {
  const model = applyPatches(requireModel(store, restApiId, modelName), patchOperations, RULES, "listed");
  const { models } = store.api(restApiId).definition;
  checkSchema(model.schema, model.contentType, (name) => own(models, name) !== undefined);
  store.changeDefinition(restApiId, () => ({ models: { ...models, [modelName]: model } }));
  return model;
};
