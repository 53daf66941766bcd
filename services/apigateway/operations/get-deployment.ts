import type { Operation } from "../index.ts";
import { requireDeployment } from "../lookup.ts";
import { deploymentView } from "../views.ts";

/**
 * One deployment; `embed=apisummary` answers its methods.
 * @throws NotFoundException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetDeployment.html
 */
export const getDeployment: Operation<"GetDeployment"> = ({ store }, input) =>
  deploymentView(requireDeployment(store, input.restApiId, input.deploymentId), input.embed?.includes("apisummary"));
