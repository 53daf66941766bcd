import type { Operation } from "../index.ts";
import { putMethod, requireMethod } from "../lookup.ts";

/**
 * Deletes a method with its integration.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteMethod.html
 */
export const deleteMethod: Operation<"DeleteMethod"> = ({ store }, input) => {
  requireMethod(store, input);
  putMethod(store, input, undefined);
  return {};
};
