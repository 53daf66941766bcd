import { dashboardNotFound } from "../errors.ts";
import type { Operation } from "../index.ts";
import { dashboardArn } from "../names.ts";

/**
 * Answers the body of a dashboard as it was put.
 * @throws ResourceNotFound
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetDashboard.html
 */
export const getDashboard: Operation<"GetDashboard"> = (ctx, input) => {
  const dashboard = ctx.store.dashboard(input.DashboardName);
  if (!dashboard) throw dashboardNotFound(input.DashboardName);
  const { name, body } = dashboard;
  return { DashboardArn: dashboardArn(ctx, name), DashboardName: name, DashboardBody: body };
};
