import { unsupported } from "../../../emulator/model/errors.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { invalidValue, validationError } from "../errors.ts";
import { insightRulesOf, parseExpression } from "../math/parse.ts";
import { sortDimensions } from "../metric-store.ts";
import type { Comparison, MetricAlarm, MetricQuery, MetricStat, MissingData } from "../model.ts";
import { QueryRun, readQueries, type QuerySources } from "../queries.ts";
import { isStandard, parseStatistic } from "../statistics.ts";
import { compare } from "./decide.ts";
import { periodOf } from "./reason.ts";

type Input = InputOf<"cloudwatch", "PutMetricAlarm">;
type Settings = Omit<MetricAlarm, "type" | "name" | "arn" | "state" | "tags" | "configuredAt">;

const DAY_SECONDS = 86_400;
const MISSING: readonly string[] = ["breaching", "notBreaching", "ignore", "missing"];
const ACTION = /^arn:aws[\w-]*:(sns|lambda):([a-z0-9-]+):\d{12}:.+$/;

/**
 * Checks the actions of an alarm: SNS topics and Lambda functions of its region. AWS's other actions are refused by name.
 * @throws ValidationError
 */
export function checkActions(
  input: Pick<Input, "OKActions" | "AlarmActions" | "InsufficientDataActions">,
  region: string,
): void {
  for (const action of [
    ...(input.OKActions ?? []),
    ...(input.AlarmActions ?? []),
    ...(input.InsufficientDataActions ?? []),
  ]) {
    if (!/^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+/.test(action)) throw validationError(`Invalid arn syntax: ${action}`);
    const [, , of] = ACTION.exec(action) ?? [];
    if (of === undefined) throw unsupported(`The alarm action ${action}`);
    if (of !== region) throw validationError(`Invalid region ${of} specified. Only ${region} is supported.`);
  }
}

/** The settings of a metric alarm. @throws ValidationError */
export function readMetricAlarm(input: Input, region: string): Settings {
  checkActions(input, region);
  const comparison = readComparison(input);
  if (input.Threshold === undefined) throw validationError("The parameter Threshold must be specified.");
  if (!Number.isFinite(input.Threshold))
    throw invalidValue(`The value ${input.Threshold} for parameter Threshold is invalid.`);
  if (input.EvaluationPeriods === undefined)
    throw validationError("The parameter EvaluationPeriods must be specified.");
  if (input.TreatMissingData !== undefined && !MISSING.includes(input.TreatMissingData)) {
    throw validationError(
      `Invalid option ${input.TreatMissingData} for parameter TreatMissingData. Valid options: [breaching, notBreaching, ignore, missing].`,
    );
  }
  if (input.DatapointsToAlarm !== undefined && input.DatapointsToAlarm > input.EvaluationPeriods) {
    throw validationError("DatapointsToAlarm must be less than or equal to EvaluationPeriods.");
  }
  const settings: Settings = {
    description: input.AlarmDescription,
    actionsEnabled: input.ActionsEnabled ?? true,
    okActions: input.OKActions ?? [],
    alarmActions: input.AlarmActions ?? [],
    insufficientDataActions: input.InsufficientDataActions ?? [],
    ...(input.Metrics ? { metrics: readMetrics(input) } : { stat: readStat(input) }),
    evaluationPeriods: input.EvaluationPeriods,
    datapointsToAlarm: input.DatapointsToAlarm,
    threshold: input.Threshold,
    comparison,
    missingData: input.TreatMissingData as MissingData | undefined,
    lowSamples: readLowSamples(input.EvaluateLowSampleCountPercentile),
  };
  checkSpan(settings);
  return settings;
}

function readComparison({ ComparisonOperator, ThresholdMetricId }: Input): Comparison {
  if (ThresholdMetricId !== undefined) throw unsupported("ThresholdMetricId of PutMetricAlarm");
  if (ComparisonOperator === undefined) throw validationError("The parameter ComparisonOperator must be specified.");
  if (!Object.hasOwn(compare, ComparisonOperator)) throw unsupported(`ComparisonOperator ${ComparisonOperator}`);
  return ComparisonOperator as Comparison;
}

function readLowSamples(value: string | undefined): "evaluate" | "ignore" | undefined {
  if (value === undefined || value === "evaluate" || value === "ignore") return value;
  throw validationError(
    `Option ${value} is not supported. Supported options for parameter EvaluateLowSampleCountPercentile are evaluate and ignore.`,
  );
}

const SINGLE = ["MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit"] as const;

const NO_DATA: QuerySources = { metrics: { *buckets() {} }, contributions: { *minutes() {} } };

function readMetrics(input: Input): MetricQuery[] {
  const given = SINGLE.filter((name) => input[name] !== undefined);
  if (given.length > 0) {
    throw validationError(`Metrics list and ${given.join(", ")} are mutually exclusive and you have specified both.`);
  }
  const metrics = readQueries(input.Metrics ?? [], "Metrics");
  // the API's default is true, but an alarm watches one
  const queries = metrics.map((query, index) => ({ ...query, returnData: input.Metrics?.[index]?.ReturnData ?? true }));
  const returned = queries.filter(({ returnData }) => returnData);
  if (returned.length !== 1) throw validationError("Exactly one element of the metrics list should return data.");
  if (!queries.some(({ stat, expression = "" }) => stat || insightRulesOf(parseExpression(expression)).length > 0))
    throw validationError("The metrics list must contain at least one metric.");
  const [{ id }] = returned as [MetricQuery];
  // what cannot be evaluated without data, cannot with them either
  if (new QueryRun(NO_DATA, queries, { start: 0, end: 60_000, now: 60_000 }).series(id).length > 1) {
    throw validationError(`The expression '${id}' must return a single time series`);
  }
  return queries;
}

function readStat(input: Input): MetricStat {
  const { MetricName: name, Namespace: namespace, Period: period, Statistic, ExtendedStatistic, Unit } = input;
  if (name === undefined || namespace === undefined) {
    throw validationError(
      "At least one of the parameters Metrics and MetricName must be specified, and a MetricName needs a Namespace.",
    );
  }
  if (Statistic !== undefined && ExtendedStatistic !== undefined) {
    throw validationError(
      "The parameters ExtendedStatistic and Statistic are mutually exclusive and you have specified both.",
    );
  }
  const stat = Statistic ?? ExtendedStatistic;
  if (stat === undefined)
    throw validationError("At least one of the parameters Statistic and ExtendedStatistic must be specified.");
  if (!parseStatistic(stat) || (ExtendedStatistic !== undefined && isStandard(ExtendedStatistic))) {
    throw validationError(`The value ${stat} for parameter ExtendedStatistic is not supported.`);
  }
  if (period === undefined) throw validationError("The parameter Period must be specified.");
  return {
    metric: { namespace, name, dimensions: sortDimensions(input.Dimensions) },
    period,
    stat,
    ...(Unit !== undefined && { unit: Unit }),
  };
}

function checkSpan(settings: Settings): void {
  const period = periodOf(settings);
  if (![10, 20, 30].includes(period) && (period <= 0 || period % 60 !== 0)) {
    throw validationError("Metric alarm period must be 10, 20, 30 or a multiple of 60 seconds.");
  }
  const limit = period >= 3600 ? 7 * DAY_SECONDS : DAY_SECONDS;
  if (period * settings.evaluationPeriods > limit) {
    throw validationError(
      `Metrics cannot be checked across more than ${limit === DAY_SECONDS ? "a day" : "seven days"} (EvaluationPeriods * Period must be <= ${limit}).`,
    );
  }
}
