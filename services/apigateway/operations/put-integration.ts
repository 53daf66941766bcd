import type { Operation } from "../index.ts";
import { integrationOf } from "../integration.ts";
import { putMethod, requireMethod } from "../lookup.ts";
import { integrationView } from "../views.ts";

/**
 * Sets what a method is backed by.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html
 */
export const putIntegration: Operation<"PutIntegration"> = ({ store, account }, input) => {
  const { method } = requireMethod(store, input);
  const methodIntegration = integrationOf(account, input.resourceId, method, input);
  putMethod(store, input, { ...method, methodIntegration });
  return integrationView(methodIntegration);
};
