import type { Operation } from "../index.ts";
import { dashboardArn } from "../names.ts";
import { page } from "../page.ts";

const PAGE = 1_000;

/**
 * Lists dashboards by the beginning of their names, in pages.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListDashboards.html
 */
export const listDashboards: Operation<"ListDashboards"> = (ctx, input) => {
  const found = ctx.store.dashboards().filter(({ name }) => name.startsWith(input.DashboardNamePrefix ?? ""));
  const { items, NextToken } = page(found, ({ name }) => name, PAGE, input.NextToken);
  return {
    DashboardEntries: items.map(({ name, body, modifiedAt }) => ({
      DashboardName: name,
      DashboardArn: dashboardArn(ctx, name),
      LastModified: new Date(modifiedAt),
      Size: Buffer.byteLength(body),
    })),
    ...(NextToken !== undefined && { NextToken }),
  };
};
