import type { Operation } from "../index.ts";
import { requireKey } from "../lookup.ts";

/**
 * Deletes an API key, and takes it out of its usage plans.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteApiKey.html
 */
export const deleteApiKey: Operation<"DeleteApiKey"> = ({ store }, { apiKey }) => {
  store.removeKey(requireKey(store, apiKey));
  return {};
};
