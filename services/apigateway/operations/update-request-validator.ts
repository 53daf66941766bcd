import { badRequest } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireValidator } from "../lookup.ts";
import type { RequestValidator } from "../model.ts";
import { applyPatches, isTrue, replaces, type PatchRule } from "../patch.ts";

const RULES: readonly PatchRule<RequestValidator>[] = [
  replaces("/name", (name) => {
    if (name.trim() === "") throw badRequest("Request Validator name cannot be blank");
    return { name };
  }),
  replaces("/validateRequestParameters", (value) => ({ validateRequestParameters: isTrue(value) })),
  replaces("/validateRequestBody", (value) => ({ validateRequestBody: isTrue(value) })),
];

/**
 * Changes which parts of requests a validator checks.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateRequestValidator.html
 */
export const updateRequestValidator: Operation<"UpdateRequestValidator"> = (
  { store },
  { restApiId, requestValidatorId, patchOperations },
) => {
  const before = requireValidator(store, restApiId, requestValidatorId);
  const validator = applyPatches(before, patchOperations, RULES, "listed");
  store.changeDefinition(restApiId, ({ validators }) => ({
    validators: { ...validators, [requestValidatorId]: validator },
  }));
  return validator;
};
