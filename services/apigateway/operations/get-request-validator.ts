import type { Operation } from "../index.ts";
import { requireValidator } from "../lookup.ts";

/**
 * One request validator.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetRequestValidator.html
 */
export const getRequestValidator: Operation<"GetRequestValidator"> = ({ store }, input) =>
  requireValidator(store, input.restApiId, input.requestValidatorId);
