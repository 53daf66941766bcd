import { unsupported } from "../../../emulator/model/errors.ts";
import { checkStageName, checkVariables, newStage } from "../deployment.ts";
import { conflict } from "../errors.ts";
import type { Operation } from "../index.ts";
import { requireDeployment } from "../lookup.ts";
import type { Stage } from "../model.ts";
import { compact } from "../patch.ts";
import { checkTags } from "../tags.ts";
import { stageView } from "../views.ts";

/**
 * Gives a deployment a name under which it can be invoked.
 * @throws NotFoundException, BadRequestException, ConflictException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
 */
export const createStage: Operation<"CreateStage"> = ({ store, clock }, input) => {
  const { restApiId, stageName, deploymentId, description } = input;
  if (input.tracingEnabled === true) throw unsupported("tracingEnabled of CreateStage");
  if (input.cacheClusterEnabled === true) throw unsupported("cacheClusterEnabled of CreateStage");
  store.api(restApiId);
  requireDeployment(store, restApiId, deploymentId);
  checkStageName(stageName);
  if (store.stage(restApiId, stageName)) throw conflict("Stage already exists");
  const variables = checkVariables(input.variables ?? {});
  const stage: Stage = compact({
    ...newStage(
      { apiId: restApiId, stageName, deploymentId, variables, tags: checkTags(input.tags ?? {}) },
      clock.now(),
    ),
    description,
  });
  store.putStage(stage);
  return stageView(stage, "when some");
};
