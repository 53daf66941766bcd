import { conflict } from "../errors.ts";
import type { Operation } from "../index.ts";
import { putMethod, requireMethod } from "../lookup.ts";
import { checkResponseParameters } from "../mapping.ts";
import { checkModels } from "../method.ts";
import { own } from "../own.ts";
import { compact } from "../patch.ts";

/**
 * Adds a response to a method.
 * @throws NotFoundException, BadRequestException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethodResponse.html
 */
export const putMethodResponse: Operation<"PutMethodResponse"> = ({ store }, input) => {
  const { api, method } = requireMethod(store, input);
  const { statusCode, responseParameters, responseModels } = input;
  if (own(method.methodResponses, statusCode)) throw conflict("Response already exists for this method");
  checkResponseParameters(responseParameters);
  checkModels(api.definition, responseModels);
  const response = compact({ statusCode, responseParameters, responseModels });
  putMethod(store, input, { ...method, methodResponses: { ...method.methodResponses, [statusCode]: response } });
  return response;
};
