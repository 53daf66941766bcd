import { authorizerOf } from "../authorizer.ts";
import { conflict } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Operation } from "../index.ts";
import { authorizerView } from "../views.ts";

/**
 * Adds a Lambda authorizer: TOKEN or REQUEST.
 * @throws BadRequestException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html
 */
export const createAuthorizer: Operation<"CreateAuthorizer"> = ({ store, ids }, input) => {
  const api = store.findApi(input.restApiId);
  if (!api) {
    throw conflict("Unable to complete operation due to concurrent modification. Please try again later.");
  }
  const authorizer = authorizerOf(newId(ids, 6), input);
  if (Object.values(api.definition.authorizers).some(({ name }) => name === authorizer.name)) {
    throw conflict(
      "Authorizer name must be unique. Authorizer " + authorizer.name + " already exists in this RestApi.",
    );
  }
  store.changeDefinition(api.id, ({ authorizers }) => ({
    authorizers: { ...authorizers, [authorizer.id]: authorizer },
  }));
  return authorizerView(authorizer);
};
