import { unsupported } from "../../../emulator/model/errors.ts";
import { conflict } from "../errors.ts";
import type { Operation } from "../index.ts";
import { putMethod as storeMethod, requireResource } from "../lookup.ts";
import { checkMethod } from "../method.ts";
import type { Method } from "../model.ts";
import { own } from "../own.ts";
import { compact } from "../patch.ts";
import { methodView } from "../views.ts";

/**
 * Adds a method to a resource.
 * @throws NotFoundException, BadRequestException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html
 */
export const putMethod: Operation<"PutMethod"> = ({ store }, input) => {
  const { api, resource } = requireResource(store, input);
  if ((input.authorizationScopes ?? []).length > 0) throw unsupported("authorizationScopes of a method");
  const method: Method = compact({
    httpMethod: input.httpMethod,
    authorizationType: input.authorizationType as Method["authorizationType"],
    authorizerId: input.authorizationType === "CUSTOM" ? input.authorizerId : undefined,
    apiKeyRequired: input.apiKeyRequired ?? false,
    requestValidatorId: input.requestValidatorId,
    operationName: input.operationName,
    requestParameters: input.requestParameters,
    requestModels: input.requestModels,
  });
  checkMethod(api.definition, method);
  if (own(resource.methods, method.httpMethod)) throw conflict("Method already exists for this resource");
  storeMethod(store, input, method);
  return methodView(method);
};
