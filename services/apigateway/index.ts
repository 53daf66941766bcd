import * as sdk from "@aws-sdk/client-api-gateway";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import { access } from "./access.ts";
import { constraints } from "./constraints.ts";
import { ApiGatewayEngine } from "./execution/engine.ts";
import { createApiKey } from "./operations/create-api-key.ts";
import { createAuthorizer } from "./operations/create-authorizer.ts";
import { createDeployment } from "./operations/create-deployment.ts";
import { createModel } from "./operations/create-model.ts";
import { createRequestValidator } from "./operations/create-request-validator.ts";
import { createResource } from "./operations/create-resource.ts";
import { createRestApi } from "./operations/create-rest-api.ts";
import { createStage } from "./operations/create-stage.ts";
import { createUsagePlanKey } from "./operations/create-usage-plan-key.ts";
import { createUsagePlan } from "./operations/create-usage-plan.ts";
import { deleteApiKey } from "./operations/delete-api-key.ts";
import { deleteAuthorizer } from "./operations/delete-authorizer.ts";
import { deleteDeployment } from "./operations/delete-deployment.ts";
import { deleteGatewayResponse } from "./operations/delete-gateway-response.ts";
import { deleteIntegrationResponse } from "./operations/delete-integration-response.ts";
import { deleteIntegration } from "./operations/delete-integration.ts";
import { deleteMethodResponse } from "./operations/delete-method-response.ts";
import { deleteMethod } from "./operations/delete-method.ts";
import { deleteModel } from "./operations/delete-model.ts";
import { deleteRequestValidator } from "./operations/delete-request-validator.ts";
import { deleteResource } from "./operations/delete-resource.ts";
import { deleteRestApi } from "./operations/delete-rest-api.ts";
import { deleteStage } from "./operations/delete-stage.ts";
import { deleteUsagePlanKey } from "./operations/delete-usage-plan-key.ts";
import { deleteUsagePlan } from "./operations/delete-usage-plan.ts";
import { flushStageAuthorizersCache } from "./operations/flush-stage-authorizers-cache.ts";
import { getAccount } from "./operations/get-account.ts";
import { getApiKey } from "./operations/get-api-key.ts";
import { getApiKeys } from "./operations/get-api-keys.ts";
import { getAuthorizer } from "./operations/get-authorizer.ts";
import { getAuthorizers } from "./operations/get-authorizers.ts";
import { getDeployment } from "./operations/get-deployment.ts";
import { getDeployments } from "./operations/get-deployments.ts";
import { getExport } from "./operations/get-export.ts";
import { getGatewayResponse } from "./operations/get-gateway-response.ts";
import { getGatewayResponses } from "./operations/get-gateway-responses.ts";
import { getIntegrationResponse } from "./operations/get-integration-response.ts";
import { getIntegration } from "./operations/get-integration.ts";
import { getMethodResponse } from "./operations/get-method-response.ts";
import { getMethod } from "./operations/get-method.ts";
import { getModel } from "./operations/get-model.ts";
import { getModels } from "./operations/get-models.ts";
import { getRequestValidator } from "./operations/get-request-validator.ts";
import { getRequestValidators } from "./operations/get-request-validators.ts";
import { getResource } from "./operations/get-resource.ts";
import { getResources } from "./operations/get-resources.ts";
import { getRestApi } from "./operations/get-rest-api.ts";
import { getRestApis } from "./operations/get-rest-apis.ts";
import { getStage } from "./operations/get-stage.ts";
import { getStages } from "./operations/get-stages.ts";
import { getTags } from "./operations/get-tags.ts";
import { getUsagePlanKey } from "./operations/get-usage-plan-key.ts";
import { getUsagePlanKeys } from "./operations/get-usage-plan-keys.ts";
import { getUsagePlan } from "./operations/get-usage-plan.ts";
import { getUsagePlans } from "./operations/get-usage-plans.ts";
import { getUsage } from "./operations/get-usage.ts";
import { importApiKeys } from "./operations/import-api-keys.ts";
import { importRestApi } from "./operations/import-rest-api.ts";
import { putGatewayResponse } from "./operations/put-gateway-response.ts";
import { putIntegrationResponse } from "./operations/put-integration-response.ts";
import { putIntegration } from "./operations/put-integration.ts";
import { putMethodResponse } from "./operations/put-method-response.ts";
import { putMethod } from "./operations/put-method.ts";
import { putRestApi } from "./operations/put-rest-api.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { testInvokeAuthorizer } from "./operations/test-invoke-authorizer.ts";
import { testInvokeMethod } from "./operations/test-invoke-method.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { updateAccount } from "./operations/update-account.ts";
import { updateApiKey } from "./operations/update-api-key.ts";
import { updateAuthorizer } from "./operations/update-authorizer.ts";
import { updateDeployment } from "./operations/update-deployment.ts";
import { updateGatewayResponse } from "./operations/update-gateway-response.ts";
import { updateIntegrationResponse } from "./operations/update-integration-response.ts";
import { updateIntegration } from "./operations/update-integration.ts";
import { updateMethodResponse } from "./operations/update-method-response.ts";
import { updateMethod } from "./operations/update-method.ts";
import { updateModel } from "./operations/update-model.ts";
import { updateRequestValidator } from "./operations/update-request-validator.ts";
import { updateResource } from "./operations/update-resource.ts";
import { updateRestApi } from "./operations/update-rest-api.ts";
import { updateStage } from "./operations/update-stage.ts";
import { updateUsagePlan } from "./operations/update-usage-plan.ts";
import { updateUsage } from "./operations/update-usage.ts";
import { ApiGatewayStore } from "./store.ts";
import { requireTagged } from "./tags.ts";

export interface ApiGatewayState {
  store: ApiGatewayStore;
  engine: ApiGatewayEngine;
}

export type Operation<N extends OperationName<"apigateway">> = ServiceOperation<"apigateway", N, ApiGatewayState>;

export const apigateway = defineService<"apigateway", ApiGatewayState>({
  name: "apigateway",
  protocol: "restJson",
  sdk,
  access,
  constraints,
  putSystemTags({ store }, arn, tags) {
    const resource = requireTagged(store, arn);
    resource.put({ ...resource.tags, ...tags });
  },
  store: (host, scope) => new ApiGatewayStore(host, scope),
  engine: (host) => new ApiGatewayEngine(host),
  refuses: {
    CreateRestApi: ["cloneFrom", "securityPolicy", "endpointAccessMode"],
    CreateDeployment: ["cacheClusterSize", "canarySettings"],
    CreateStage: ["cacheClusterSize", "canarySettings", "documentationVersion"],
    PutIntegration: ["integrationTarget"],
    TestInvokeMethod: ["clientCertificateId"],
    TestInvokeAuthorizer: ["additionalContext"],
  },
  operations: {
    CreateApiKey: createApiKey,
    CreateAuthorizer: createAuthorizer,
    CreateDeployment: createDeployment,
    CreateModel: createModel,
    CreateRequestValidator: createRequestValidator,
    CreateResource: createResource,
    CreateRestApi: createRestApi,
    CreateStage: createStage,
    CreateUsagePlan: createUsagePlan,
    CreateUsagePlanKey: createUsagePlanKey,
    DeleteApiKey: deleteApiKey,
    DeleteAuthorizer: deleteAuthorizer,
    DeleteDeployment: deleteDeployment,
    DeleteGatewayResponse: deleteGatewayResponse,
    DeleteIntegration: deleteIntegration,
    DeleteIntegrationResponse: deleteIntegrationResponse,
    DeleteMethod: deleteMethod,
    DeleteMethodResponse: deleteMethodResponse,
    DeleteModel: deleteModel,
    DeleteRequestValidator: deleteRequestValidator,
    DeleteResource: deleteResource,
    DeleteRestApi: deleteRestApi,
    DeleteStage: deleteStage,
    DeleteUsagePlan: deleteUsagePlan,
    DeleteUsagePlanKey: deleteUsagePlanKey,
    FlushStageAuthorizersCache: flushStageAuthorizersCache,
    GetAccount: getAccount,
    GetApiKey: getApiKey,
    GetApiKeys: getApiKeys,
    GetAuthorizer: getAuthorizer,
    GetAuthorizers: getAuthorizers,
    GetDeployment: getDeployment,
    GetDeployments: getDeployments,
    GetExport: getExport,
    GetGatewayResponse: getGatewayResponse,
    GetGatewayResponses: getGatewayResponses,
    GetIntegration: getIntegration,
    GetIntegrationResponse: getIntegrationResponse,
    GetMethod: getMethod,
    GetMethodResponse: getMethodResponse,
    GetModel: getModel,
    GetModels: getModels,
    GetRequestValidator: getRequestValidator,
    GetRequestValidators: getRequestValidators,
    GetResource: getResource,
    GetResources: getResources,
    GetRestApi: getRestApi,
    GetRestApis: getRestApis,
    GetStage: getStage,
    GetStages: getStages,
    GetTags: getTags,
    GetUsage: getUsage,
    GetUsagePlan: getUsagePlan,
    GetUsagePlanKey: getUsagePlanKey,
    GetUsagePlanKeys: getUsagePlanKeys,
    GetUsagePlans: getUsagePlans,
    ImportApiKeys: importApiKeys,
    ImportRestApi: importRestApi,
    PutGatewayResponse: putGatewayResponse,
    PutIntegration: putIntegration,
    PutIntegrationResponse: putIntegrationResponse,
    PutMethod: putMethod,
    PutMethodResponse: putMethodResponse,
    PutRestApi: putRestApi,
    TagResource: tagResource,
    TestInvokeAuthorizer: testInvokeAuthorizer,
    TestInvokeMethod: testInvokeMethod,
    UntagResource: untagResource,
    UpdateAccount: updateAccount,
    UpdateApiKey: updateApiKey,
    UpdateAuthorizer: updateAuthorizer,
    UpdateDeployment: updateDeployment,
    UpdateGatewayResponse: updateGatewayResponse,
    UpdateIntegration: updateIntegration,
    UpdateIntegrationResponse: updateIntegrationResponse,
    UpdateMethod: updateMethod,
    UpdateMethodResponse: updateMethodResponse,
    UpdateModel: updateModel,
    UpdateRequestValidator: updateRequestValidator,
    UpdateResource: updateResource,
    UpdateRestApi: updateRestApi,
    UpdateStage: updateStage,
    UpdateUsage: updateUsage,
    UpdateUsagePlan: updateUsagePlan,
  },
});
