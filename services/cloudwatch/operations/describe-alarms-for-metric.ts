import { viewMetricAlarm } from "../alarms/views.ts";
import type { Operation } from "../index.ts";
import { sortDimensions } from "../metric-store.ts";

/**
 * Describes the alarms on one metric; alarms on math expressions are found by the metrics that they use.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html
 */
export const describeAlarmsForMetric: Operation<"DescribeAlarmsForMetric"> = (ctx, input) => {
  const wanted = JSON.stringify([input.Namespace, input.MetricName, sortDimensions(input.Dimensions)]);
  const statistic = input.Statistic ?? input.ExtendedStatistic;
  const alarms = ctx.store.alarms.all().flatMap((alarm) => (alarm.type === "MetricAlarm" ? [alarm] : []));
  return {
    MetricAlarms: alarms
      .filter(({ stat, metrics = [] }) =>
        [stat, ...metrics.map((query) => query.stat)].some(
          (each) =>
            each !== undefined &&
            JSON.stringify([each.metric.namespace, each.metric.name, each.metric.dimensions]) === wanted &&
            (statistic === undefined || each.stat === statistic) &&
            (input.Period === undefined || each.period === input.Period) &&
            (input.Unit === undefined || each.unit === input.Unit),
        ),
      )
      .map(viewMetricAlarm),
  };
};
