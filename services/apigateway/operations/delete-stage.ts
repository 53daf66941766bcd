import type { Operation } from "../index.ts";
import { requireStage } from "../lookup.ts";

/**
 * Deletes a stage, and takes it out of the usage plans that have it.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteStage.html
 */
export const deleteStage: Operation<"DeleteStage"> = ({ store }, { restApiId, stageName }) => {
  requireStage(store, restApiId, stageName);
  store.removeStage(restApiId, stageName);
  return {};
};
