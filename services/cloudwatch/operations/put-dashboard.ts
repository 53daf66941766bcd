import { invalidDashboard } from "../errors.ts";
import type { Operation } from "../index.ts";
import { tagMap } from "../tags.ts";

const NAME = /^[A-Za-z0-9_-]{1,255}$/;
const MOST_WIDGETS = 500;

/**
 * Creates a dashboard or replaces its body, which has to be JSON with an array of widgets. Nothing draws it.
 * @throws InvalidParameterInput
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
 */
export const putDashboard: Operation<"PutDashboard"> = (ctx, { DashboardName: name, DashboardBody: body, Tags }) => {
  if (!NAME.test(name)) {
    throw invalidDashboard(
      `The value ${name} for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).`,
    );
  }
  checkBody(body);
  const tags = ctx.store.dashboard(name)?.tags ?? tagMap(Tags);
  ctx.store.putDashboard({ name, body, modifiedAt: ctx.clock.now(), tags });
  return { DashboardValidationMessages: [] };
};

function checkBody(body: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw invalidDashboard("The field DashboardBody must be a valid JSON object");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw invalidDashboard("The field DashboardBody must be a valid JSON object");
  }
  const { widgets } = parsed as { widgets?: unknown };
  if (!Array.isArray(widgets)) throw invalidDashboard("Should have required property 'widgets'", "/");
  if (widgets.length > MOST_WIDGETS)
    throw invalidDashboard(`Should NOT have more than ${MOST_WIDGETS} items`, "/widgets");
}
