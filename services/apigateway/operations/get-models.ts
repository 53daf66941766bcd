import type { Operation } from "../index.ts";
import { page } from "../page.ts";

/**
 * Lists the models of an API by name.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetModels.html
 */
export const getModels: Operation<"GetModels"> = ({ store }, input) => {
  const models = Object.values(store.api(input.restApiId).definition.models);
  return page(
    models.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ({ name }) => name,
    input,
  );
};
