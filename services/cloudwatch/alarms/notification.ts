import type { Alarm, AlarmState, MetricAlarm, MetricQuery } from "../model.ts";
import { isStandard } from "../statistics.ts";
import { double, stringify } from "./java-json.ts";
import { longDate, periodOf } from "./reason.ts";
import { regionName } from "./region-names.ts";

/** A change of an alarm's state, as its actions are told of it. */
export interface Transition {
  readonly account: string;
  readonly region: string;
  /** With its new state. */
  readonly alarm: Alarm;
  readonly before: AlarmState;
  /** Of a composite alarm: the children that changed it. */
  readonly children?: readonly { readonly arn: string; readonly state: AlarmState }[];
}

const UPPER: Readonly<Record<string, string>> = {
  SampleCount: "SAMPLE_COUNT",
  Average: "AVERAGE",
  Sum: "SUM",
  Minimum: "MINIMUM",
  Maximum: "MAXIMUM",
};

const dimensionsOf = (dimensions: readonly { Name: string; Value: string }[]) =>
  dimensions.map(({ Name, Value }) => ({ value: Value, name: Name }));

const queryTrigger = ({ id, stat, expression, label, period, returnData }: MetricQuery) => ({
  ...(expression !== undefined && { Expression: expression }),
  Id: id,
  ...(label !== undefined && { Label: label }),
  ...(period !== undefined && { Period: period }),
  ...(stat && {
    MetricStat: {
      Metric: {
        Dimensions: dimensionsOf(stat.metric.dimensions),
        MetricName: stat.metric.name,
        Namespace: stat.metric.namespace,
      },
      Period: stat.period,
      Stat: stat.stat,
      ...(stat.unit !== undefined && { Unit: stat.unit }),
    },
  }),
  ReturnData: returnData,
});

function trigger(alarm: MetricAlarm): object {
  const { stat, metrics } = alarm;
  return {
    ...(stat && {
      MetricName: stat.metric.name,
      Namespace: stat.metric.namespace,
      ...(isStandard(stat.stat)
        ? { StatisticType: "Statistic", Statistic: UPPER[stat.stat] }
        : { StatisticType: "ExtendedStatistic", ExtendedStatistic: stat.stat }),
      Unit: stat.unit ?? null,
      Dimensions: dimensionsOf(stat.metric.dimensions),
    }),
    Period: periodOf(alarm),
    EvaluationPeriods: alarm.evaluationPeriods,
    ...(alarm.datapointsToAlarm !== undefined && { DatapointsToAlarm: alarm.datapointsToAlarm }),
    ComparisonOperator: alarm.comparison,
    Threshold: double(alarm.threshold),
    TreatMissingData: alarm.missingData ?? "",
    EvaluateLowSampleCountPercentile: alarm.lowSamples ?? "",
    ...(metrics && { Metrics: metrics.map(queryTrigger) }),
  };
}

/** The subject and the JSON text that CloudWatch publishes to an SNS topic. */
export function snsMessage({ account, region, alarm, before, children }: Transition): {
  subject: string;
  message: string;
} {
  const { state } = alarm;
  const area = regionName(region);
  const message = {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: longDate(alarm.configuredAt),
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: longDate(state.transitionedAt),
    Region: area,
    AlarmArn: alarm.arn,
    OldStateValue: before.value,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    ...(alarm.type === "MetricAlarm"
      ? { Trigger: trigger(alarm) }
      : {
          AlarmRule: alarm.rule,
          TriggeringChildren: (children ?? []).map((child) => ({
            Arn: child.arn,
            State: { Value: child.state.value, Timestamp: longDate(child.state.transitionedAt) },
          })),
        }),
  };
  // SNS takes a hundred characters
  return { subject: `${state.value}: "${alarm.name}" in ${area}`.slice(0, 100), message: stringify(message) };
}

const stateOf = ({ value, reason, reasonData, transitionedAt }: AlarmState) => ({
  value,
  reason,
  ...(reasonData !== undefined && { reasonData }),
  timestamp: longDate(transitionedAt),
});

const queriesOf = ({ stat, metrics }: MetricAlarm, id: string): readonly MetricQuery[] =>
  metrics ?? [{ id, ...(stat && { stat }), returnData: true }];

/** The event with which CloudWatch invokes a Lambda function. `id`: of the metric, made up. */
export function lambdaEvent({ account, region, alarm, before }: Transition, id: string): string {
  const metrics =
    alarm.type === "CompositeAlarm"
      ? undefined
      : queriesOf(alarm, id).map((query) => ({
          id: query.id,
          ...(query.expression !== undefined && { expression: query.expression }),
          ...(query.label !== undefined && { label: query.label }),
          ...(query.stat && {
            metricStat: {
              metric: {
                namespace: query.stat.metric.namespace,
                name: query.stat.metric.name,
                dimensions: Object.fromEntries(query.stat.metric.dimensions.map(({ Name, Value }) => [Name, Value])),
              },
              period: query.stat.period,
              stat: query.stat.stat,
              ...(query.stat.unit !== undefined && { unit: query.stat.unit }),
            },
          }),
          returnData: query.returnData,
        }));
  return JSON.stringify({
    source: "aws.cloudwatch",
    alarmArn: alarm.arn,
    accountId: account,
    time: longDate(alarm.state.transitionedAt),
    region,
    alarmData: {
      alarmName: alarm.name,
      state: stateOf(alarm.state),
      previousState: stateOf(before),
      configuration: {
        ...(alarm.description !== undefined && { description: alarm.description }),
        ...(alarm.type === "CompositeAlarm" ? { alarmRule: alarm.rule } : { metrics }),
      },
    },
  });
}
