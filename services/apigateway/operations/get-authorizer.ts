import type { Operation } from "../index.ts";
import { requireAuthorizer } from "../lookup.ts";
import { authorizerView } from "../views.ts";

/**
 * One authorizer.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetAuthorizer.html
 */
export const getAuthorizer: Operation<"GetAuthorizer"> = ({ store }, input) =>
  authorizerView(requireAuthorizer(store, input.restApiId, input.authorizerId));
