import * as sdk from "@aws-sdk/client-cloudwatch";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import { access } from "./access.ts";
import { constraints } from "./constraints.ts";
import { CloudWatchEngine } from "./engine.ts";
import { deleteAlarms } from "./operations/delete-alarms.ts";
import { deleteDashboards } from "./operations/delete-dashboards.ts";
import { deleteInsightRules } from "./operations/delete-insight-rules.ts";
import { describeAlarmHistory } from "./operations/describe-alarm-history.ts";
import { describeAlarms } from "./operations/describe-alarms.ts";
import { describeAlarmsForMetric } from "./operations/describe-alarms-for-metric.ts";
import { describeInsightRules } from "./operations/describe-insight-rules.ts";
import { disableAlarmActions } from "./operations/disable-alarm-actions.ts";
import { disableInsightRules } from "./operations/disable-insight-rules.ts";
import { enableAlarmActions } from "./operations/enable-alarm-actions.ts";
import { enableInsightRules } from "./operations/enable-insight-rules.ts";
import { getDashboard } from "./operations/get-dashboard.ts";
import { getInsightRuleReport } from "./operations/get-insight-rule-report.ts";
import { getMetricData } from "./operations/get-metric-data.ts";
import { getMetricStatistics } from "./operations/get-metric-statistics.ts";
import { listDashboards } from "./operations/list-dashboards.ts";
import { listMetrics } from "./operations/list-metrics.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { putCompositeAlarm } from "./operations/put-composite-alarm.ts";
import { putDashboard } from "./operations/put-dashboard.ts";
import { putInsightRule } from "./operations/put-insight-rule.ts";
import { putMetricAlarm } from "./operations/put-metric-alarm.ts";
import { putMetricData } from "./operations/put-metric-data.ts";
import { setAlarmState } from "./operations/set-alarm-state.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { CloudWatchStore } from "./store.ts";
import { taggedResource } from "./tags.ts";

export interface CloudWatchState {
  store: CloudWatchStore;
  engine: CloudWatchEngine;
}

export type Operation<N extends OperationName<"cloudwatch">> = ServiceOperation<"cloudwatch", N, CloudWatchState>;

export const cloudwatch = defineService<"cloudwatch", CloudWatchState>({
  name: "cloudwatch",
  signingName: "monitoring",
  protocol: "json",
  target: "GraniteServiceVersion20100801",
  jsonVersion: "1.0",
  version: "2010-08-01",
  xmlNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
  sdk,
  doubles: ["Value", "Values", "Counts", "SampleCount", "Sum", "Minimum", "Maximum", "Threshold"],
  access,
  constraints,
  putSystemTags(context, arn, tags) {
    const resource = taggedResource(context, arn);
    resource.set({ ...resource.tags, ...tags });
  },
  validationError: { code: "ValidationError", status: 400 },
  store: (host, scope) => new CloudWatchStore(host, scope),
  engine: (host) => new CloudWatchEngine(host),
  refuses: {
    DescribeAlarmHistory: ["AlarmContributorId"],
    PutCompositeAlarm: [
      "ActionConfiguration",
      "ActionsSuppressor",
      "ActionsSuppressorExtensionPeriod",
      "ActionsSuppressorWaitPeriod",
    ],
    PutInsightRule: ["ApplyOnTransformedLogs"],
    PutMetricAlarm: [
      "ActionConfiguration",
      "EvaluationCriteria",
      "EvaluationInterval",
      "EvaluationWindow",
      "ThresholdMetricId",
      "WarmUpConfiguration",
    ],
    PutMetricData: ["EntityMetricData", "StrictEntityValidation"],
  },
  operations: {
    DeleteAlarms: deleteAlarms,
    DeleteDashboards: deleteDashboards,
    DeleteInsightRules: deleteInsightRules,
    DescribeAlarmHistory: describeAlarmHistory,
    DescribeAlarms: describeAlarms,
    DescribeAlarmsForMetric: describeAlarmsForMetric,
    DescribeInsightRules: describeInsightRules,
    DisableAlarmActions: disableAlarmActions,
    DisableInsightRules: disableInsightRules,
    EnableAlarmActions: enableAlarmActions,
    EnableInsightRules: enableInsightRules,
    GetDashboard: getDashboard,
    GetInsightRuleReport: getInsightRuleReport,
    GetMetricData: getMetricData,
    GetMetricStatistics: getMetricStatistics,
    ListDashboards: listDashboards,
    ListMetrics: listMetrics,
    ListTagsForResource: listTagsForResource,
    PutCompositeAlarm: putCompositeAlarm,
    PutDashboard: putDashboard,
    PutInsightRule: putInsightRule,
    PutMetricAlarm: putMetricAlarm,
    PutMetricData: putMetricData,
    SetAlarmState: setAlarmState,
    TagResource: tagResource,
    UntagResource: untagResource,
  },
});
