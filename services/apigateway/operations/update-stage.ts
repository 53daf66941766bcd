import type { Operation } from "../index.ts";
import { requireStage } from "../lookup.ts";
import { applyPatches } from "../patch.ts";
import { checkStage, invalidStagePath, stageRules } from "../stage-patches.ts";
import { stageView } from "../views.ts";

/**
 * Changes the settings of a stage, or lets it answer with another deployment.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateStage.html
 */
export const updateStage: Operation<"UpdateStage"> = ({ store, clock }, { restApiId, stageName, patchOperations }) => {
  const before = requireStage(store, restApiId, stageName);
  const patched = applyPatches(before, patchOperations, stageRules, invalidStagePath);
  checkStage(store, patched);
  const stage = { ...patched, updatedAt: clock.now() };
  store.putStage(stage);
  return stageView(stage);
};
