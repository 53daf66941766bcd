import type { Operation } from "../index.ts";
import { requireAuthorizer } from "../lookup.ts";

/**
 * Asks an authorizer about a request that is not made.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeAuthorizer.html
 */
export const testInvokeAuthorizer: Operation<"TestInvokeAuthorizer"> = ({ store, engine, account, region }, input) => {
  const api = store.api(input.restApiId);
  const authorizer = requireAuthorizer(store, input.restApiId, input.authorizerId);
  const { headers = {}, multiValueHeaders = {}, stageVariables = {}, pathWithQueryString, body } = input;
  return engine.testAuthorize({
    account,
    region,
    api,
    authorizer,
    headers,
    multiValueHeaders,
    stageVariables,
    ...(pathWithQueryString !== undefined && { pathWithQueryString }),
    ...(body !== undefined && { body }),
  });
};
