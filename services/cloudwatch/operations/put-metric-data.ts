import { Distribution } from "../../../emulator/runtime/distribution.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { invalidCombination, invalidValue, missingParameter } from "../errors.ts";
import type { Operation } from "../index.ts";
import { sortDimensions } from "../metric-store.ts";
import type { Bucket, Metric } from "../model.ts";

type Datum = NonNullable<InputOf<"cloudwatch", "PutMetricData">["MetricData"]>[number];

const MOST_DATA = 1_000;
const MOST_VALUES = 150;
const MOST_DIMENSIONS = 30;
const OLDEST_MS = 14 * 24 * 3_600_000;
const NEWEST_MS = 2 * 3_600_000;
/** Values may lie from -2^360 to 2^360. */
const LARGEST = 2 ** 360;

/**
 * Publishes data points of custom metrics: single values, values and how often each came, or sets of statistics.
 * @throws InvalidParameterValue, InvalidParameterCombination, MissingParameter
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 */
export const putMetricData: Operation<"PutMetricData"> = (ctx, input) => {
  const { Namespace: namespace, MetricData: data } = input;
  if (namespace.startsWith("AWS/")) throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`);
  if (namespace.startsWith(":"))
    throw invalidValue(`The value ${namespace} for parameter Namespace must not start with ':'.`);
  if (!data || data.length === 0) throw missingParameter("The parameter MetricData is required.");
  if (data.length > MOST_DATA)
    throw invalidValue(`The collection MetricData must not have a size greater than ${MOST_DATA}.`);
  const now = ctx.clock.now();
  const points = data.map((datum, index) => read(namespace, datum, `MetricData.member.${index + 1}`, now));
  ctx.store.publish(points);
  return {};
};

function read(namespace: string, datum: Datum, at: string, now: number): { metric: Metric; bucket: Bucket } {
  checkDimensions(datum, at);
  const resolution = datum.StorageResolution ?? 60;
  if (resolution !== 1 && resolution !== 60) {
    throw invalidValue(
      `The value ${resolution} for parameter ${at}.StorageResolution is not valid. Valid values are: 1, 60.`,
    );
  }
  const time = datum.Timestamp?.getTime() ?? now;
  if (time < now - OLDEST_MS) {
    throw invalidValue(`The parameter ${at}.Timestamp must specify a time no more than two weeks in the past.`);
  }
  if (time > now + NEWEST_MS) {
    throw invalidValue(`The parameter ${at}.Timestamp must specify a time within the next two hours.`);
  }
  return {
    metric: { namespace, name: datum.MetricName, dimensions: sortDimensions(datum.Dimensions) },
    bucket: {
      start: time - (time % (resolution * 1000)),
      resolution,
      unit: datum.Unit ?? "None",
      data: distribution(datum, at).stored(),
    },
  };
}

function checkDimensions({ Dimensions = [] }: Datum, at: string): void {
  if (Dimensions.length > MOST_DIMENSIONS) {
    throw invalidValue(`The collection ${at}.Dimensions must not have a size greater than ${MOST_DIMENSIONS}.`);
  }
  const names = new Set(Dimensions.map(({ Name }) => Name));
  if (names.size < Dimensions.length) {
    throw invalidValue(`No Metric may specify the same dimension name twice.`);
  }
  Dimensions.forEach(({ Name, Value }, index) => {
    if (Name.trim() === "")
      throw invalidValue(`The parameter ${at}.Dimensions.member.${index + 1}.Name must not be blank.`);
    if (Value.trim() === "")
      throw invalidValue(`The parameter ${at}.Dimensions.member.${index + 1}.Value must not be blank.`);
  });
}

function distribution(datum: Datum, at: string): Distribution {
  const { Value, Values, Counts, StatisticValues } = datum;
  if (Value !== undefined && StatisticValues) throw exclusive(`${at}.Value`, `${at}.StatisticValues`);
  if (Value !== undefined && Values) throw exclusive(`${at}.Value`, `${at}.Values`);
  if (Values && StatisticValues) throw exclusive(`${at}.Values`, `${at}.StatisticValues`);
  if (Counts && !Values) throw invalidCombination(`The parameter ${at}.Counts requires the parameter ${at}.Values.`);
  const data = new Distribution();
  if (StatisticValues) {
    const { SampleCount, Sum, Minimum, Maximum } = StatisticValues;
    for (const [name, value] of Object.entries({ SampleCount, Sum, Minimum, Maximum })) {
      checkValue(value, `${at}.StatisticValues.${name}`);
    }
    if (SampleCount < 0) throw invalidValue(`The parameter ${at}.StatisticValues.SampleCount must be greater than 0.`);
    if (Minimum > Maximum) {
      throw invalidValue(
        `The parameter ${at}.StatisticValues.Maximum must be greater than ${at}.StatisticValues.Minimum.`,
      );
    }
    if (SampleCount > 0) data.merge({ count: SampleCount, sum: Sum, min: Minimum, max: Maximum });
    return data;
  }
  if (Value === undefined && !Values) {
    throw missingParameter(
      `At least one of the parameters ${at}.Value, ${at}.Values or ${at}.StatisticValues must be specified.`,
    );
  }
  const values = Values ?? [Value ?? 0];
  if (values.length > MOST_VALUES) {
    throw invalidValue(`The collection ${at}.Values must not have a size greater than ${MOST_VALUES}.`);
  }
  if (Counts && Counts.length !== values.length) {
    throw invalidValue(`The parameters ${at}.Values and ${at}.Counts must be of the same size.`);
  }
  values.forEach((value, index) => {
    checkValue(value, Values ? `${at}.Values.member.${index + 1}` : `${at}.Value`);
    const count = Counts?.[index] ?? 1;
    checkValue(count, `${at}.Counts.member.${index + 1}`);
    if (count < 0) throw invalidValue(`The parameter ${at}.Counts.member.${index + 1} must be greater than 0.`);
    if (count > 0) data.add(value, count);
  });
  return data;
}

const exclusive = (a: string, b: string) =>
  invalidCombination(`The parameters ${a} and ${b} are mutually exclusive and you have specified both.`);

function checkValue(value: number, at: string): void {
  if (!Number.isFinite(value) || Math.abs(value) > LARGEST) {
    throw invalidValue(`The value ${String(value)} for parameter ${at} is invalid.`);
  }
}
