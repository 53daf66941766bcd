import type { Operation } from "../index.ts";
import { requireMethod } from "../lookup.ts";

/**
 * Invokes a method as it is being edited, without a stage.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_TestInvokeMethod.html
 */
export const testInvokeMethod: Operation<"TestInvokeMethod"> = async ({ store, engine, account, region }, input) => {
  const { api, resource, method } = requireMethod(store, input);
  const { headers = {}, multiValueHeaders = {}, stageVariables = {}, pathWithQueryString, body } = input;
  const result = await engine.testInvoke({
    account,
    region,
    api,
    resource,
    method,
    headers,
    multiValueHeaders,
    stageVariables,
    ...(pathWithQueryString !== undefined && { pathWithQueryString }),
    ...(body !== undefined && { body }),
  });
  return { ...result, headers: { ...result.headers }, multiValueHeaders: { ...result.multiValueHeaders } };
};
