import { contentTypeNotFound, parameterNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { putMethod, requireMethod, requireMethodResponse } from "../lookup.ts";
import { checkResponseParameters } from "../mapping.ts";
import { checkModels } from "../method.ts";
import type { MethodResponse } from "../model.ts";
import { applyPatches, entries, isTrue, type PatchRule } from "../patch.ts";

const RULES: readonly PatchRule<MethodResponse>[] = [
  entries(
    "/responseParameters",
    (response) => response.responseParameters,
    (response, responseParameters) => ({ ...response, responseParameters }),
    isTrue,
    parameterNotFound,
  ),
  entries(
    "/responseModels",
    (response) => response.responseModels,
    (response, responseModels) => ({ ...response, responseModels }),
    (name) => name ?? "",
    contentTypeNotFound,
  ),
];

/**
 * Changes a response of a method.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateMethodResponse.html
 */
export const updateMethodResponse: Operation<"UpdateMethodResponse"> = ({ store }, input) => {
  const { api } = requireMethod(store, input);
  const { method, response: before } = requireMethodResponse(store, input);
  const response = applyPatches(before, input.patchOperations, RULES, "plain");
  checkResponseParameters(response.responseParameters);
  checkModels(api.definition, response.responseModels);
  putMethod(store, input, { ...method, methodResponses: { ...method.methodResponses, [input.statusCode]: response } });
  return response;
};
