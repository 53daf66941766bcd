import { dashboardNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";

/**
 * Deletes dashboards: all of them, or, when one is not there, none.
 * @throws ResourceNotFound
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteDashboards.html
 */
export const deleteDashboards: Operation<"DeleteDashboards"> = (ctx, input) => {
  const missing = input.DashboardNames.find((name) => !ctx.store.dashboard(name));
  if (missing !== undefined) throw dashboardNotFound(missing);
  ctx.store.removeDashboards(input.DashboardNames);
  return {};
};
