import type { Operation } from "../index.ts";
import { page } from "../page.ts";
import { deploymentView } from "../views.ts";

/**
 * Lists the deployments of an API, the newest last.
 * @throws NotFoundException, BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetDeployments.html
 */
export const getDeployments: Operation<"GetDeployments"> = ({ store }, input) => {
  const deployments = store.deployments(store.api(input.restApiId).id).toSorted((a, b) => a.createdAt - b.createdAt);
  const { items, position } = page(deployments, ({ id }) => id, input);
  return { items: items.map((item) => deploymentView(item)), ...(position !== undefined && { position }) };
};
