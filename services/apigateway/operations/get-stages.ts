import type { Operation } from "../index.ts";
import { stageView } from "../views.ts";

/**
 * Lists the stages of an API, or of a deployment.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetStages.html
 */
export const getStages: Operation<"GetStages"> = ({ store }, { restApiId, deploymentId }) => {
  const stages = store.stages(store.api(restApiId).id);
  const found = stages.filter((stage) => deploymentId === undefined || stage.deploymentId === deploymentId);
  return { item: found.map((stage) => stageView(stage, "when some")) };
};
