import { badRequest } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireDeployment } from "../lookup.ts";

/**
 * Deletes a deployment that no stage answers with.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteDeployment.html
 */
export const deleteDeployment: Operation<"DeleteDeployment"> = ({ store }, { restApiId, deploymentId }) => {
  requireDeployment(store, restApiId, deploymentId);
  if (store.stages(restApiId).some((stage) => stage.deploymentId === deploymentId)) {
    throw badRequest("Active stages pointing to this deployment must be moved or deleted");
  }
  store.removeDeployment(restApiId, deploymentId);
  return {};
};
