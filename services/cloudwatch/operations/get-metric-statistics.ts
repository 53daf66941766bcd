import { invalidCombination, invalidValue, tooManyDatapoints } from "../errors.ts";
import type { Operation } from "../index.ts";
import { sortDimensions } from "../metric-store.ts";
import { isStandard, parseStatistic } from "../statistics.ts";
import { isPeriod, readWindows, roundStart, wholeSeconds } from "../windows.ts";

const MOST_DATAPOINTS = 1_440;

/**
 * Answers statistics of one metric, a data point for each period that has data and for each unit. The order is not said.
 * @throws InvalidParameterValue, InvalidParameterCombination
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
 */
export const getMetricStatistics: Operation<"GetMetricStatistics"> = (ctx, input) => {
  ctx.engine.flush();
  const { Namespace: namespace, MetricName: name, Period: period } = input;
  const { Statistics: statistics = [], ExtendedStatistics: extended = [] } = input;
  if (statistics.length === 0 && extended.length === 0) {
    throw invalidCombination("At least one of the parameters Statistics and ExtendedStatistics must be specified.");
  }
  if (!isPeriod(period)) throw invalidValue("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
  for (const each of extended) {
    if (isStandard(each) || !parseStatistic(each))
      throw invalidValue(`The value ${each} for parameter ExtendedStatistics is not valid.`);
  }
  const [from, to] = [input.StartTime.getTime(), input.EndTime.getTime()];
  if (wholeSeconds(from) >= wholeSeconds(to)) {
    throw invalidValue("The parameter StartTime must be less than the parameter EndTime.");
  }
  const asked = Math.ceil((to - from) / (period * 1000));
  if (asked > MOST_DATAPOINTS) throw tooManyDatapoints(asked, MOST_DATAPOINTS);
  const now = ctx.clock.now();
  const grid = { start: roundStart(from, period, now), end: to, periodMs: period * 1000 };
  const metric = { namespace, name, dimensions: sortDimensions(input.Dimensions) };
  const byUnit = readWindows(ctx.store.metrics, metric, grid, now, input.Unit);
  const datapoints = [...byUnit].flatMap(([unit, windows]) =>
    [...windows].map(([time, data]) => {
      const compute = (names: readonly string[]) =>
        Object.fromEntries(
          names.map((each) => [each, parseStatistic(each)?.(data)] as const).filter(([, value]) => value !== undefined),
        );
      return {
        Timestamp: new Date(time),
        ...compute(statistics),
        Unit: unit as "None",
        ...(extended.length > 0 && { ExtendedStatistics: compute(extended) as Record<string, number> }),
      };
    }),
  );
  return { Label: name, Datapoints: datapoints };
};
