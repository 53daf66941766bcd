import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { authorizerView } from "../views.ts";

/**
 * Lists the authorizers of an API.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetAuthorizers.html
 */
export const getAuthorizers: Operation<"GetAuthorizers"> = ({ store }, input) => {
  const authorizers = Object.values(store.api(input.restApiId).definition.authorizers);
  const { items, position } = page(authorizers, ({ id }) => id, input);
  return { items: items.map(authorizerView), ...(position !== undefined && { position }) };
};
