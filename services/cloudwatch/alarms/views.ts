import type { OutputOf } from "../../../emulator/model/sdk.ts";
import type { Alarm, CompositeAlarm, MetricAlarm, MetricQuery } from "../model.ts";
import { isStandard } from "../statistics.ts";

type Described = OutputOf<"cloudwatch", "DescribeAlarms">;
export type MetricAlarmView = NonNullable<Described["MetricAlarms"]>[number];
type CompositeAlarmView = NonNullable<Described["CompositeAlarms"]>[number];
type QueryView = NonNullable<MetricAlarmView["Metrics"]>[number];

const common = (alarm: Alarm) => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  AlarmDescription: alarm.description,
  AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
  ActionsEnabled: alarm.actionsEnabled,
  OKActions: [...alarm.okActions],
  AlarmActions: [...alarm.alarmActions],
  InsufficientDataActions: [...alarm.insufficientDataActions],
  StateValue: alarm.state.value,
  StateReason: alarm.state.reason,
  StateReasonData: alarm.state.reasonData,
  StateUpdatedTimestamp: new Date(alarm.state.updatedAt),
  StateTransitionedTimestamp: new Date(alarm.state.transitionedAt),
});

export const viewQuery = ({ id, stat, expression, label, period, returnData }: MetricQuery): QueryView => ({
  Id: id,
  ...(stat && {
    MetricStat: {
      Metric: {
        Namespace: stat.metric.namespace,
        MetricName: stat.metric.name,
        Dimensions: [...stat.metric.dimensions],
      },
      Period: stat.period,
      Stat: stat.stat,
      Unit: stat.unit as "None" | undefined,
    },
  }),
  Expression: expression,
  Label: label,
  Period: period,
  ReturnData: returnData,
});

export const viewMetricAlarm = (alarm: MetricAlarm): MetricAlarmView => ({
  ...common(alarm),
  ...(alarm.stat && {
    Namespace: alarm.stat.metric.namespace,
    MetricName: alarm.stat.metric.name,
    Dimensions: [...alarm.stat.metric.dimensions],
    Period: alarm.stat.period,
    Unit: alarm.stat.unit as "None" | undefined,
    ...(isStandard(alarm.stat.stat) ? { Statistic: alarm.stat.stat as "Sum" } : { ExtendedStatistic: alarm.stat.stat }),
  }),
  ...(alarm.metrics && { Metrics: alarm.metrics.map(viewQuery), Dimensions: [] }),
  EvaluationPeriods: alarm.evaluationPeriods,
  DatapointsToAlarm: alarm.datapointsToAlarm,
  Threshold: alarm.threshold,
  ComparisonOperator: alarm.comparison,
  TreatMissingData: alarm.missingData,
  EvaluateLowSampleCountPercentile: alarm.lowSamples,
});

export const viewCompositeAlarm = (alarm: CompositeAlarm): CompositeAlarmView => ({
  ...common(alarm),
  AlarmRule: alarm.rule,
});
