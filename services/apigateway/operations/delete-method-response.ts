import type { Operation } from "../index.ts";
import { putMethod, requireMethodResponse } from "../lookup.ts";

/**
 * Deletes a response of a method.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteMethodResponse.html
 */
export const deleteMethodResponse: Operation<"DeleteMethodResponse"> = ({ store }, input) => {
  const { method } = requireMethodResponse(store, input);
  const { [input.statusCode]: _gone, ...methodResponses } = method.methodResponses ?? {};
  putMethod(store, input, { ...method, methodResponses });
  return {};
};
