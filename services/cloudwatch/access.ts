import type { AccessScope, AccessTable } from "../../emulator/model/access.ts";
import { alarmArn, dashboardArn, insightRuleArn } from "./names.ts";

const INSIGHT_RULE = /\bINSIGHT_RULE_METRIC\s*\(\s*(?:"([^"]*)"|'([^']*)'|(\w*))/g;

/** The rules of Contributor Insights that expressions read. */
const insightRulesIn = (queries: readonly { readonly Expression?: string | undefined }[]): string[] =>
  queries.flatMap(({ Expression = "" }) =>
    [...Expression.matchAll(INSIGHT_RULE)].map(([, double, single, bare]) => double ?? single ?? bare ?? ""),
  );

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
      ...insightRulesIn(MetricDataQueries).map((rule) => ({
        action: "cloudwatch:GetInsightRuleReport",
        resource: insightRuleArn(scope, rule),
      })),
    ],
    GetInsightRuleReport: ({ RuleName }, scope) => insightRuleArn(scope, RuleName),
    PutDashboard: ({ DashboardName }, scope) => dashboardArn(scope, DashboardName),
    ListTagsForResource: ({ ResourceARN }) => ResourceARN,
    TagResource: ({ ResourceARN }) => ResourceARN,
    UntagResource: ({ ResourceARN }) => ResourceARN,
    PutCompositeAlarm: ({ AlarmName }, scope) => alarmArn(scope, AlarmName),
    PutMetricAlarm: ({ AlarmName }, scope) => alarmArn(scope, AlarmName),
    PutMetricData: ({ Namespace }) => [
      { action: "cloudwatch:PutMetricData", resource: "*", conditions: { "cloudwatch:namespace": Namespace } },
    ],
    SetAlarmState: ({ AlarmName }, scope) => alarmArn(scope, AlarmName),
  },
};
