import type { InputOf } from "../../../emulator/model/sdk.ts";
import { filterLimit, invalidParameter } from "../errors.ts";
import { parseFilterPattern, type Pattern } from "../filter-pattern.ts";
import type { Operation } from "../index.ts";
import type { MetricTransformation } from "../model.ts";

type Transformation = InputOf<"logs", "PutMetricFilter">["metricTransformations"][number];

const MOST_FILTERS = 100;
const MOST_DIMENSIONS = 3;

/**
 * Makes data points of the events that match a pattern, from now on; a filter of the same name is replaced.
 * @throws ResourceNotFoundException, InvalidParameterException, LimitExceededException
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
 */
export const putMetricFilter: Operation<"PutMetricFilter"> = (ctx, input) => {
  const { id } = ctx.store.group(input.logGroupName);
  const filters = ctx.store.metricFilters;
  const pattern = parseFilterPattern(input.filterPattern);
  const transformations = input.metricTransformations.map((each) => read(each, pattern));
  const known = filters.get(id, input.filterName);
  if (!known && filters.of(id).length >= MOST_FILTERS) throw filterLimit();
  filters.put(id, {
    name: input.filterName,
    pattern: input.filterPattern,
    createdAt: known?.createdAt ?? ctx.clock.now(),
    transformations,
  });
  return {};
};

function read(transformation: Transformation, { kind }: Pattern): MetricTransformation {
  const { metricName, metricNamespace, metricValue, defaultValue, dimensions, unit } = transformation;
  if (metricNamespace.startsWith("AWS/")) {
    throw invalidParameter("Invalid metric transformation: the namespace must not begin with AWS/");
  }
  const isSelector = (text: string) => (kind === "json" ? /^\$[.[]/ : kind === "space" ? /^\$\w/ : /^(?!)/).test(text);
  if (!isSelector(metricValue) && (metricValue.trim() === "" || !Number.isFinite(Number(metricValue)))) {
    throw invalidParameter(
      `Invalid metric transformation: the metric value '${metricValue}' must be a number or a field that the pattern names`,
    );
  }
  const selectors = Object.values(dimensions ?? {});
  if (selectors.length > MOST_DIMENSIONS) {
    throw invalidParameter(
      `Invalid metric transformation: a metric can have ${MOST_DIMENSIONS} dimensions at the most`,
    );
  }
  if (selectors.length > 0 && defaultValue !== undefined) {
    throw invalidParameter(
      "Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
    );
  }
  if (!selectors.every(isSelector)) {
    throw invalidParameter("Invalid metric transformation: dimensions must be fields that the pattern names");
  }
  return { metricName, metricNamespace, metricValue, defaultValue, dimensions, unit };
}
