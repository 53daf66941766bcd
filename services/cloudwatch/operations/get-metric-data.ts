import { fromToken, toToken } from "../../../emulator/model/paging.ts";
import { invalidNextToken, startAfterEnd, startIsEnd } from "../errors.ts";
import type { Operation } from "../index.ts";
import { defaultLabels, fillLabel } from "../labels.ts";
import type { TimeSeries } from "../math/model.ts";
import { QueryRun, readQueries } from "../queries.ts";
import { roundStart, wholeSeconds } from "../windows.ts";

const MOST_DATAPOINTS = 100_800;

/**
 * Answers the values of metrics and of math expressions over them, in pages of so many data points.
 * @throws ValidationError, InvalidNextToken
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export const getMetricData: Operation<"GetMetricData"> = (ctx, input) => {
  ctx.engine.flush();
  const queries = readQueries(input.MetricDataQueries, "MetricDataQueries");
  const [start, end] = [input.StartTime.getTime(), input.EndTime.getTime()];
  if (wholeSeconds(start) === wholeSeconds(end)) throw startIsEnd();
  if (start > end) throw startAfterEnd();
  const now = ctx.clock.now();
  const run = new QueryRun(ctx.store, queries, { start, end, now }, (period) => roundStart(start, period, now));
  const labels = defaultLabels(queries);
  const results = queries
    .filter(({ returnData }) => returnData)
    .flatMap((query) =>
      run.series(query.id).map((series) => {
        const own = labels.get(query.id) ?? query.id;
        const fallback = query.stat || run.series(query.id).length === 1 ? own : series.label;
        const units = run.stat(query.id)?.units ?? [];
        return {
          id: query.id,
          label:
            query.label === undefined
              ? fallback
              : fillLabel(query.label, query, series, fallback, input.LabelOptions?.Timezone),
          points: inOrder(series, input.ScanBy),
          messages:
            units.length > 1
              ? [{ Code: "MultipleUnits", Value: `Multiple units returned: '[${units.join(", ")}]'` }]
              : [],
        };
      }),
    );
  return { ...page(results, input.MaxDatapoints ?? MOST_DATAPOINTS, input.NextToken), Messages: [] };
};

/** Newest first unless asked otherwise. */
const inOrder = ({ points }: TimeSeries, scanBy: string | undefined): (readonly [number, number])[] =>
  [...points].toSorted(([a], [b]) => (scanBy === "TimestampAscending" ? a - b : b - a));

interface Result {
  readonly id: string;
  readonly label: string;
  readonly points: (readonly [number, number])[];
  readonly messages: { readonly Code: string; readonly Value: string }[];
}

/** The data points from the token's place on, as they follow one another from result to result. */
function page(results: readonly Result[], limit: number, token: string | undefined) {
  const total = results.reduce((sum, { points }) => sum + points.length, 0);
  const from = token === undefined ? 0 : Number(fromToken(token));
  if (!Number.isSafeInteger(from) || from < 0 || (token !== undefined && (from === 0 || from >= total)))
    throw invalidNextToken();
  const to = from + limit;
  let before = 0;
  const answers = [];
  for (const { id, label, points, messages } of results) {
    const first = before;
    before += points.length;
    const isHere = first < to && (before > from || (points.length === 0 && first >= from && token === undefined));
    if (!isHere) continue;
    const shown = points.slice(Math.max(0, from - first), Math.max(0, to - first));
    answers.push({
      Id: id,
      Label: label,
      Timestamps: shown.map(([time]) => new Date(time)),
      Values: shown.map(([, value]) => value),
      StatusCode: before <= to ? ("Complete" as const) : ("PartialData" as const),
      ...(messages.length > 0 && { Messages: messages }),
    });
  }
  return { MetricDataResults: answers, ...(to < total && { NextToken: toToken(String(to)) }) };
}
