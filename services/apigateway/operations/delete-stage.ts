import type { Operation } from "../index.ts";
import { requireStage } from "../lookup.ts";

/**
 * Deletes a stage, and takes it out of the usage plans that have it.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteStage.html
 */
export const deleteStage: Operation<"DeleteStage"> = ({ store }, { restApiId, stageName }) => {
  requireStage(store, restApiId, stageName);
  store.transaction(() => {
    store.removeStage(restApiId, stageName);
    for (const plan of store.plans()) {
      const apiStages = plan.apiStages.filter(({ apiId, stage }) => apiId !== restApiId || stage !== stageName);
      if (apiStages.length < plan.apiStages.length) store.putPlan({ ...plan, apiStages });
    }
  });
  return {};
};
