import { unsupported } from "../../../emulator/model/errors.ts";
import { checkDeployable, checkStageName, checkVariables, newStage } from "../deployment.ts";
import { newId } from "../ids.ts";
import type { Operation } from "../index.ts";
import type { Deployment } from "../model.ts";
import { compact } from "../patch.ts";
import { deploymentView } from "../views.ts";

/**
 * Freezes an API as it is now, and lets a stage (a new one, or the one of that name) answer with it.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateDeployment.html
 */
export const createDeployment: Operation<"CreateDeployment"> = ({ store, ids, clock }, input) => {
  const api = store.api(input.restApiId);
  if (input.tracingEnabled === true) throw unsupported("tracingEnabled of CreateDeployment");
  if (input.cacheClusterEnabled === true) throw unsupported("cacheClusterEnabled of CreateDeployment");
  checkDeployable(api);
  const { stageName, description } = input;
  const variables = input.variables && checkVariables(input.variables);
  const now = clock.now();
  const deployment: Deployment = compact({
    id: newId(ids, 6),
    description,
    createdAt: now,
    definition: api.definition,
  });
  store.transaction(() => {
    store.putDeployment(api.id, deployment);
    if (stageName === undefined || stageName === "") return;
    checkStageName(stageName);
    const before = store.stage(api.id, stageName);
    const stage = newStage({ apiId: api.id, stageName, deploymentId: deployment.id }, now);
    store.putStage(
      compact({
        ...stage,
        ...before,
        deploymentId: deployment.id,
        description: input.stageDescription ?? before?.description,
        variables: variables ?? before?.variables ?? {},
        updatedAt: now,
      }),
    );
  });
  return deploymentView(deployment);
};
