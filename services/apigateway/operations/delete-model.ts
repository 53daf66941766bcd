import { conflict } from "../errors.ts";
import type { Operation } from "../index.ts";
import { methodsOf, requireModel } from "../lookup.ts";
import { referencedModels } from "../models.ts";

/**
 * Deletes a model that nothing refers to.
 * @throws NotFoundException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteModel.html
 */
export const deleteModel: Operation<"DeleteModel"> = ({ store }, { restApiId, modelName }) => {
  requireModel(store, restApiId, modelName);
  const api = store.api(restApiId);
  const { [modelName]: _gone, ...models } = api.definition.models;
  const refuse = (place: string) => conflict(`Cannot delete model '${modelName}', is referenced in ${place}`);
  for (const { resource, method } of methodsOf(api)) {
    const name = `${resource.path}/${method.httpMethod}`;
    if (Object.values(method.requestModels ?? {}).includes(modelName)) throw refuse(`method request: ${name}`);
    for (const { responseModels } of Object.values(method.methodResponses ?? {})) {
      if (Object.values(responseModels ?? {}).includes(modelName)) throw refuse(`method response: ${name}`);
    }
  }
  for (const { name, schema, contentType } of Object.values(models)) {
    if (contentType.includes("json") && referencedModels(JSON.parse(schema)).includes(modelName)) {
      throw refuse(`model: ${name}`);
    }
  }
  store.changeDefinition(restApiId, () => ({ models }));
  return {};
};
