import type { InputOf } from "../../../emulator/model/sdk.ts";
import { Tally } from "../../../emulator/runtime/tally.ts";
import { insightRuleNotFound, invalidValue } from "../errors.ts";
import type { Operation } from "../index.ts";
import {
  contributedBy,
  INSIGHT_METRICS,
  isInsightMetric,
  topContributors,
  type InsightMetric,
} from "../insights/report.ts";
import { roundStart } from "../windows.ts";

type Input = InputOf<"cloudwatch", "GetInsightRuleReport">;

const USUAL_CONTRIBUTORS = 10;
const MINUTE_SECONDS = 60;
const ORDERS = { Sum: "sum", Maximum: "max" } as const;

/**
 * Answers who has contributed most to a rule of Contributor Insights, and how much in each period.
 * @throws InvalidParameterValue, ResourceNotFoundException
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetInsightRuleReport.html
 */
export const getInsightRuleReport: Operation<"GetInsightRuleReport"> = (ctx, input) => {
  ctx.engine.flush();
  const metrics = metricsOf(input);
  const order = orderOf(input);
  if (input.Period % MINUTE_SECONDS !== 0) {
    throw invalidValue("The parameter Period must be a multiple of 60.");
  }
  const end = input.EndTime.getTime();
  const start = roundStart(input.StartTime.getTime(), input.Period, ctx.clock.now());
  if (start >= end) throw invalidValue("The parameter StartTime must be less than the parameter EndTime.");
  const rule = ctx.store.contributions.rule(input.RuleName);
  if (rule === undefined) throw insightRuleNotFound(input.RuleName);
  const { MaxContributorCount: most = USUAL_CONTRIBUTORS } = input;
  if (most < 1 || most > rule.mostContributors) {
    throw invalidValue(`The parameter MaxContributorCount must be from 1 to ${rule.mostContributors} for this rule.`);
  }

  const grid = { start, end, periodMs: input.Period * 1000 };
  const all = new Tally();
  const datapoints = [];
  for (const { period, tally } of contributedBy(ctx.store.contributions, rule.name, grid)) {
    all.merge(tally.stored());
    datapoints.push({
      Timestamp: new Date(period),
      ...Object.fromEntries(metrics.map((name) => [name, INSIGHT_METRICS[name](tally)])),
    });
  }
  const top = topContributors(ctx.store.contributions, rule.name, grid, { all, by: order, limit: most });
  return {
    KeyLabels: [...rule.keyLabels],
    AggregationStatistic: rule.aggregateOn,
    AggregateValue: all.sum,
    ApproximateUniqueCount: all.unique,
    Contributors: top.map(({ keys, points }) => ({
      Keys: [...keys],
      ApproximateAggregateValue: points.reduce((sum, [, value]) => sum + value, 0),
      Datapoints: points.map(([period, value]) => ({ Timestamp: new Date(period), ApproximateValue: value })),
    })),
    ...(metrics.length > 0 && { MetricDatapoints: datapoints }),
  };
};

function metricsOf({ Metrics = [] }: Input): InsightMetric[] {
  return Metrics.map((name) => {
    if (!isInsightMetric(name)) throw invalidValue(`The value ${name} for parameter Metrics is not supported.`);
    return name;
  });
}

function orderOf({ OrderBy = "Sum" }: Input): "sum" | "max" {
  if (!Object.hasOwn(ORDERS, OrderBy)) {
    throw invalidValue(`The value ${OrderBy} for parameter OrderBy is not supported.`);
  }
  return ORDERS[OrderBy as keyof typeof ORDERS];
}
