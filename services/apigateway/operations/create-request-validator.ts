import { badRequest } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Operation } from "../index.ts";

/**
 * Adds a request validator: which parts of requests are checked.
 * @throws BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRequestValidator.html
 */
export const createRequestValidator: Operation<"CreateRequestValidator"> = ({ store, ids }, input) => {
  const { restApiId, name, validateRequestBody = false, validateRequestParameters = false } = input;
  if (!store.findApi(restApiId)) throw badRequest("Invalid REST API identifier specified");
  if (name === "") throw badRequest("Request Validator name cannot be blank");
  const validator = {
    id: newId(ids, 6),
    ...(name !== undefined && { name }),
    validateRequestBody,
    validateRequestParameters,
  };
  store.changeDefinition(restApiId, ({ validators }) => ({ validators: { ...validators, [validator.id]: validator } }));
  return validator;
};
