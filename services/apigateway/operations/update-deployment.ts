import type { Operation } from "../index.ts";
import { requireDeployment } from "../lookup.ts";
import type { Deployment } from "../model.ts";
import { applyPatches, orUndefined, replaces, type PatchRule } from "../patch.ts";
import { deploymentView } from "../views.ts";

const RULES: readonly PatchRule<Deployment>[] = [
  replaces("/description", (description) => ({ description: orUndefined(description) })),
];

/**
 * Changes the description of a deployment.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateDeployment.html
 */
export const updateDeployment: Operation<"UpdateDeployment"> = (
  { store },
  { restApiId, deploymentId, patchOperations },
) => {
  const before = requireDeployment(store, restApiId, deploymentId);
  const deployment = applyPatches(before, patchOperations, RULES, "listed");
  store.putDeployment(restApiId, deployment);
  return deploymentView(deployment);
};
