import { unsupported } from "../../emulator/model/errors.ts";
import { badRequest } from "./errors.ts";
import { checkContentTypes, checkHttpMethod, checkRequestParameters } from "./mapping.ts";
import type { ApiDefinition, Method } from "./model.ts";
import { own } from "./own.ts";

const AUTHORIZATION_TYPES = ["NONE", "AWS_IAM", "CUSTOM"];

/** What a method refers to has to be there. @throws BadRequestException; unsupported for Cognito user pools */
export function checkMethod(definition: ApiDefinition, method: Method): void {
  const type: string = method.authorizationType;
  checkHttpMethod(method.httpMethod);
  if (type === "COGNITO_USER_POOLS") throw unsupported("The authorization type COGNITO_USER_POOLS of a method");
  if (!AUTHORIZATION_TYPES.includes(type)) {
    throw badRequest(`Invalid Authorization type specified. Valid options are ${AUTHORIZATION_TYPES.join(",")}`);
  }
  if (type === "CUSTOM" && own(definition.authorizers, method.authorizerId ?? "") === undefined) {
    throw badRequest(
      "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
    );
  }
  if (method.requestValidatorId !== undefined && own(definition.validators, method.requestValidatorId) === undefined) {
    throw badRequest("Invalid Request Validator identifier specified");
  }
  checkRequestParameters(method.requestParameters);
  checkModels(definition, method.requestModels);
}

/** @throws BadRequestException */
export function checkModels(
  { models }: Pick<ApiDefinition, "models">,
  byContentType: Readonly<Record<string, string>> | undefined,
): void {
  checkContentTypes(byContentType);
  for (const name of Object.values(byContentType ?? {})) {
    if (own(models, name) === undefined) throw badRequest(`Invalid model identifier specified: ${name}`);
  }
}
