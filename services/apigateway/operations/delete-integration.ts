import type { Operation } from "../index.ts";
import { putMethod, requireIntegration } from "../lookup.ts";

/**
 * Deletes the integration of a method.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteIntegration.html
 */
export const deleteIntegration: Operation<"DeleteIntegration"> = ({ store }, input) => {
  const { methodIntegration: _gone, ...method } = requireIntegration(store, input).method;
  putMethod(store, input, method);
  return {};
};
