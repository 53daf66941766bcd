import { newKey } from "../api-key.ts";
import type { Operation } from "../index.ts";
import { keyView } from "../views.ts";

/**
 * Creates an API key, with a value of its own unless one is given.
 * @throws BadRequestException, ConflictException, NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html
 */
export const createApiKey: Operation<"CreateApiKey"> = ({ store, ids, clock }, input) => {
  const key = newKey(store, ids, clock.now(), input);
  store.putKey(key);
  return keyView(key, true, "when some");
};
