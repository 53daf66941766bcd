import { conflict } from "../errors.ts";
import type { Operation } from "../index.ts";
import { methodsOf, requireAuthorizer } from "../lookup.ts";

/**
 * Deletes an authorizer that no method uses.
 * @throws NotFoundException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteAuthorizer.html
 */
export const deleteAuthorizer: Operation<"DeleteAuthorizer"> = ({ store }, { restApiId, authorizerId }) => {
  const { name } = requireAuthorizer(store, restApiId, authorizerId);
  for (const { resource, method } of methodsOf(store.api(restApiId))) {
    if (method.authorizerId === authorizerId) {
      throw conflict(
        `Cannot delete authorizer '${name}', is referenced in method: ${method.httpMethod}/${resource.path}`,
      );
    }
  }
  store.changeDefinition(restApiId, ({ authorizers }) => {
    const { [authorizerId]: _gone, ...others } = authorizers;
    return { authorizers: others };
  });
  return {};
};
