import { account } from "./resources/account.ts";
import { apiKey } from "./resources/api-key.ts";
import { authorizer } from "./resources/authorizer.ts";
import { deployment } from "./resources/deployment.ts";
import { gatewayResponse } from "./resources/gateway-response.ts";
import { method } from "./resources/method.ts";
import { model } from "./resources/model.ts";
import { requestValidator } from "./resources/request-validator.ts";
import { resource } from "./resources/resource.ts";
import { restApi } from "./resources/rest-api.ts";
import { stage } from "./resources/stage.ts";
import { usagePlan, usagePlanKey } from "./resources/usage-plan.ts";

export const apigatewayResources = [
  account,
  apiKey,
  authorizer,
  deployment,
  gatewayResponse,
  method,
  model,
  requestValidator,
  resource,
  restApi,
  stage,
  usagePlan,
  usagePlanKey,
];
