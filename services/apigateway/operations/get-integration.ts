import type { Operation } from "../index.ts";
import { requireIntegration } from "../lookup.ts";
import { integrationView } from "../views.ts";

/**
 * The integration of a method.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetIntegration.html
 */
export const getIntegration: Operation<"GetIntegration"> = ({ store }, input) =>
  integrationView(requireIntegration(store, input).integration);
