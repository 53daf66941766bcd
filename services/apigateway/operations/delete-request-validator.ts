import { conflict } from "../errors.ts";
import type { Operation } from "../index.ts";
import { methodsOf, requireValidator } from "../lookup.ts";

/**
 * Deletes a request validator that no method uses.
 * @throws NotFoundException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteRequestValidator.html
 */
export const deleteRequestValidator: Operation<"DeleteRequestValidator"> = (
  { store },
  { restApiId, requestValidatorId },
) => {
  requireValidator(store, restApiId, requestValidatorId);
  for (const { resource, method } of methodsOf(store.api(restApiId))) {
    if (method.requestValidatorId === requestValidatorId) {
      throw conflict(
        `Cannot delete request validator '${requestValidatorId}', is referenced in method: ${method.httpMethod}/${resource.path}`,
      );
    }
  }
  store.changeDefinition(restApiId, ({ validators }) => {
    const { [requestValidatorId]: _gone, ...others } = validators;
    return { validators: others };
  });
  return {};
};
