import type { Operation } from "../index.ts";

/**
 * Deletes an API with everything that it has.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteRestApi.html
 */
export const deleteRestApi: Operation<"DeleteRestApi"> = ({ store }, { restApiId }) => {
  store.api(restApiId);
  store.removeApi(restApiId);
  return {};
};
