import type { Access, AccessScope, AccessTable } from "../../emulator/model/access.ts";
import { insightRulesOf, parseExpression } from "./math/parse.ts";
import { alarmArn, dashboardArn, insightRuleArn } from "./names.ts";

interface Query {
  readonly Expression?: string | undefined;
}

/** What expressions read of Contributor Insights. */
const insightReports = (queries: readonly Query[] | undefined, scope: AccessScope): Access[] =>
  (queries ?? [])
    .flatMap(({ Expression }) => insightRulesIn(Expression))
    .map((rule) => ({ action: "cloudwatch:GetInsightRuleReport", resource: insightRuleArn(scope, rule) }));

function insightRulesIn(expression = ""): string[] {
  try {
    return insightRulesOf(parseExpression(expression));
  } catch {
    // is never evaluated: the operation refuses it
    return [];
  }
}

const insightRules =
  (operation: string) =>
  ({ RuleNames }: { readonly RuleNames: readonly string[] }, scope: AccessScope) =>
    RuleNames.map((name) => ({ action: `cloudwatch:${operation}`, resource: insightRuleArn(scope, name) }));

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export const access: AccessTable<"cloudwatch"> = {
  prefix: "cloudwatch",
  denied: { code: "AccessDenied", status: 403 },
  rules: {
    DeleteInsightRules: insightRules("DeleteInsightRules"),
    DisableInsightRules: insightRules("DisableInsightRules"),
    EnableInsightRules: insightRules("EnableInsightRules"),
    PutInsightRule: ({ RuleName, Tags }, scope) =>
      ["PutInsightRule", ...(Tags?.length ? ["TagResource"] : [])].map((action) => ({
        action: `cloudwatch:${action}`,
        resource: insightRuleArn(scope, RuleName),
      })),
    DeleteAlarms: ({ AlarmNames }, scope) =>
      AlarmNames.map((name) => ({ action: "cloudwatch:DeleteAlarms", resource: alarmArn(scope, name) })),
    DescribeAlarmHistory: ({ AlarmName }, scope) => alarmArn(scope, AlarmName ?? "*"),
    DescribeAlarms: ({ AlarmNames }, scope) =>
      AlarmNames?.length
        ? AlarmNames.map((name) => ({ action: "cloudwatch:DescribeAlarms", resource: alarmArn(scope, name) }))
        : alarmArn(scope, "*"),
    DisableAlarmActions: ({ AlarmNames }, scope) =>
      AlarmNames.map((name) => ({ action: "cloudwatch:DisableAlarmActions", resource: alarmArn(scope, name) })),
    EnableAlarmActions: ({ AlarmNames }, scope) =>
      AlarmNames.map((name) => ({ action: "cloudwatch:EnableAlarmActions", resource: alarmArn(scope, name) })),
    DeleteDashboards: ({ DashboardNames }, scope) =>
      DashboardNames.map((name) => ({ action: "cloudwatch:DeleteDashboards", resource: dashboardArn(scope, name) })),
    GetDashboard: ({ DashboardName }, scope) => dashboardArn(scope, DashboardName),
    GetMetricData: ({ MetricDataQueries }, scope) => [
      { action: "cloudwatch:GetMetricData", resource: "*" },
      ...insightReports(MetricDataQueries, scope),
    ],
    GetInsightRuleReport: ({ RuleName }, scope) => insightRuleArn(scope, RuleName),
    PutDashboard: ({ DashboardName }, scope) => dashboardArn(scope, DashboardName),
    ListTagsForResource: ({ ResourceARN }) => ResourceARN,
    TagResource: ({ ResourceARN }) => ResourceARN,
    UntagResource: ({ ResourceARN }) => ResourceARN,
    PutCompositeAlarm: ({ AlarmName }, scope) => alarmArn(scope, AlarmName),
    PutMetricAlarm: ({ AlarmName, Metrics }, scope) => [
      { action: "cloudwatch:PutMetricAlarm", resource: alarmArn(scope, AlarmName) },
      ...insightReports(Metrics, scope),
    ],
    PutMetricData: ({ Namespace }) => [
      { action: "cloudwatch:PutMetricData", resource: "*", conditions: { "cloudwatch:namespace": Namespace } },
    ],
    SetAlarmState: ({ AlarmName }, scope) => alarmArn(scope, AlarmName),
  },
};
