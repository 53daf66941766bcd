import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  type GetMetricDataCommandInput,
  type GetMetricStatisticsCommandInput,
  type MetricDataQuery,
  type MetricDatum,
} from "@aws-sdk/client-cloudwatch";
import { authorization } from "../raw-request.ts";
import { useClient, useTarget } from "../target.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const target = useTarget({ manualClock: true });
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));

/** The start of the present minute. */
const minute = (): number => target.clock.now() - (target.clock.now() % MINUTE_MS);

const put = (Namespace: string, ...MetricData: MetricDatum[]) =>
  cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));

const statistics = (Namespace: string, given: Partial<GetMetricStatisticsCommandInput> = {}) =>
  cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace,
      MetricName: "m",
      StartTime: new Date(minute() - HOUR_MS),
      EndTime: new Date(minute() + HOUR_MS),
      Period: 60,
      Statistics: ["Sum"],
      ...given,
    }),
  );

const query = (Id: string, Namespace: string, given: Partial<NonNullable<MetricDataQuery["MetricStat"]>> = {}) => ({
  Id,
  MetricStat: { Metric: { Namespace, MetricName: "m" }, Period: 60, Stat: "Sum", ...given },
});

const data = (MetricDataQueries: MetricDataQuery[], given: Partial<GetMetricDataCommandInput> = {}) =>
  cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries,
      StartTime: new Date(minute() - 10 * MINUTE_MS),
      EndTime: new Date(minute() + MINUTE_MS),
      ScanBy: "TimestampAscending",
      ...given,
    }),
  );

/** Values of m in minutes before now: `undefined` leaves one out. The last is the present minute's. */
const series = (namespace: string, ...values: (number | undefined)[]) =>
  put(
    namespace,
    ...values.flatMap((Value, index) =>
      Value === undefined
        ? []
        : [{ MetricName: "m", Value, Timestamp: new Date(minute() - (values.length - 1 - index) * MINUTE_MS) }],
    ),
  );

describe("PutMetricData", () => {
  describe("validation", () => {
    const now = () => target.clock.now();
    it.each<[string, () => MetricDatum, string, string]>([
      [
        "a time more than two weeks back",
        () => ({ MetricName: "m", Value: 1, Timestamp: new Date(now() - 15 * DAY_MS) }),
        "InvalidParameterValueException",
        "The parameter MetricData.member.1.Timestamp must specify a time no more than two weeks in the past.",
      ],
      [
        "a time more than two hours ahead",
        () => ({ MetricName: "m", Value: 1, Timestamp: new Date(now() + 3 * HOUR_MS) }),
        "InvalidParameterValueException",
        "The parameter MetricData.member.1.Timestamp must specify a time within the next two hours.",
      ],
      [
        "a value beside statistics",
        () => ({ MetricName: "m", Value: 1, StatisticValues: { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 } }),
        "InvalidParameterCombinationException",
        "The parameters MetricData.member.1.Value and MetricData.member.1.StatisticValues are mutually exclusive and you have specified both.",
      ],
      [
        "counts that do not fit the values",
        () => ({ MetricName: "m", Values: [1, 2], Counts: [1] }),
        "InvalidParameterValueException",
        "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.",
      ],
      [
        "a value beyond 2^360",
        () => ({ MetricName: "m", Value: 1e300 }),
        "InvalidParameterValueException",
        "The value 1e+300 for parameter MetricData.member.1.Value is invalid.",
      ],
    ])("refuses %s", async (_what, datum, name, message) => {
      await expect(put("refused", datum())).rejects.toMatchObject({ name, message });
      expect((await cloudwatch.send(new ListMetricsCommand({ Namespace: "refused" }))).Metrics).toEqual([]);
    });

    it("refuses the namespaces of AWS", async () => {
      await expect(put("AWS/Lambda", { MetricName: "m", Value: 1 })).rejects.toMatchObject({
        name: "InvalidParameterValueException",
        message: "The value AWS/Lambda for parameter Namespace is invalid.",
      });
    });
  });

  describe("serialization", () => {
    it("is taken as a query form, and answered as XML", async () => {
      const form = (action: string, fields: Record<string, string>) =>
        fetch(target.endpoint, {
          method: "POST",
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            authorization: authorization("monitoring"),
          },
          body: new URLSearchParams({ Action: action, Version: "2010-08-01", ...fields }),
        });
      const answer = await form("PutMetricData", {
        Namespace: "form",
        "MetricData.member.1.MetricName": "m",
        "MetricData.member.1.Value": "3",
        "MetricData.member.1.Dimensions.member.1.Name": "d",
        "MetricData.member.1.Dimensions.member.1.Value": "x",
      });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain("<PutMetricDataResponse");
      const listed = await (await form("ListMetrics", { Namespace: "form" })).text();
      expect(listed).toMatch(
        /<Metrics><member>.*<MetricName>m<\/MetricName>.*<Value>x<\/Value>.*<\/member><\/Metrics>/,
      );
      const refused = await form("GetDashboard", { DashboardName: "none" });
      expect(refused.status).toBe(404);
      expect(await refused.text()).toContain("<Code>ResourceNotFound</Code>");
    });

    it("is taken as JSON", async () => {
      const answer = await fetch(target.endpoint, {
        method: "POST",
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amz-target": "GraniteServiceVersion20100801.PutMetricData",
          authorization: authorization("monitoring"),
        },
        body: JSON.stringify({ Namespace: "json", MetricData: [{ MetricName: "m", Value: 1 }] }),
      });
      expect(answer.status).toBe(200);
      expect((await statistics("json")).Datapoints).toHaveLength(1);
    });

    it.each(["NaN", "Infinity", "-Infinity"])("reads %s in every form, and refuses it as a value", async (text) => {
      const message = `The value ${text} for parameter MetricData.member.1.Value is invalid.`;
      await expect(put("special", { MetricName: "m", Value: Number(text) })).rejects.toMatchObject({ message });
      const post = async (type: string, headers: Record<string, string>, body: string) =>
        (
          await fetch(target.endpoint, {
            method: "POST",
            headers: { "content-type": type, authorization: authorization("monitoring"), ...headers },
            body,
          })
        ).text();
      const json = await post(
        "application/x-amz-json-1.0",
        { "x-amz-target": "GraniteServiceVersion20100801.PutMetricData" },
        JSON.stringify({ Namespace: "special", MetricData: [{ MetricName: "m", Value: text }] }),
      );
      expect(JSON.parse(json)).toMatchObject({ __type: "InvalidParameterValueException", message });
      const fields = {
        Action: "PutMetricData",
        Version: "2010-08-01",
        Namespace: "special",
        "MetricData.member.1.MetricName": "m",
        "MetricData.member.1.Value": text,
      };
      const form = await post("application/x-www-form-urlencoded", {}, new URLSearchParams(fields).toString());
      expect(form).toContain(`<Code>InvalidParameterValue</Code><Message>${message}</Message>`);
    });

    it("takes no such number where an integer stands", async () => {
      const answer = statistics("special", { Period: Number.NaN });
      await expect(answer).rejects.toMatchObject({ name: "SerializationException" });
    });
  });
});

describe("GetMetricStatistics", () => {
  it("answers every statistic of values and their counts", async () => {
    await put("counts", { MetricName: "m", Values: [10, 1, 5], Counts: [2, 2, 4], Unit: "Count" });
    const { Datapoints, Label } = await statistics("counts", {
      Statistics: ["SampleCount", "Sum", "Average", "Minimum", "Maximum"],
      ExtendedStatistics: ["p50", "p99", "tm50", "tc50", "TM(25%:75%)", "PR(2:10)", "IQM"],
    });
    expect(Label).toBe("m");
    expect(Datapoints).toEqual([
      {
        Timestamp: new Date(minute()),
        SampleCount: 8,
        Sum: 42,
        Average: 5.25,
        Minimum: 1,
        Maximum: 10,
        Unit: "Count",
        ExtendedStatistics: { p50: 5, p99: 10, tm50: 3, tc50: 4, "TM(25%:75%)": 5, "PR(2:10)": 75, IQM: 5 },
      },
    ]);
  });

  it("adds up sets of statistics, of which percentiles are not known", async () => {
    const StatisticValues = { SampleCount: 3, Sum: 30, Minimum: 5, Maximum: 15 };
    await put("sets", { MetricName: "m", StatisticValues }, { MetricName: "m", Value: 2 });
    const { Datapoints } = await statistics("sets", {
      Statistics: ["SampleCount", "Sum", "Minimum", "Maximum"],
      ExtendedStatistics: ["p90"],
    });
    expect(Datapoints).toMatchObject([{ SampleCount: 4, Sum: 32, Minimum: 2, Maximum: 15, ExtendedStatistics: {} }]);
  });

  it("keeps units and dimensions apart", async () => {
    await put(
      "apart",
      { MetricName: "m", Value: 1, Unit: "Seconds" },
      { MetricName: "m", Value: 5, Unit: "Count" },
      { MetricName: "m", Value: 7, Dimensions: [{ Name: "a", Value: "1" }] },
    );
    const all = await statistics("apart");
    expect(new Map(all.Datapoints?.map(({ Unit, Sum }) => [Unit, Sum]))).toEqual(
      new Map([
        ["Seconds", 1],
        ["Count", 5],
      ]),
    );
    expect((await statistics("apart", { Unit: "Count" })).Datapoints).toMatchObject([{ Sum: 5 }]);
    expect((await statistics("apart", { Dimensions: [{ Name: "a", Value: "1" }] })).Datapoints).toMatchObject([
      { Sum: 7 },
    ]);
  });

  it("counts periods from the start of the request", async () => {
    await series("periods", 1, 2, 4, 8, 16, 32);
    const { Datapoints = [] } = await statistics("periods", {
      Period: 120,
      StartTime: new Date(minute() - 5 * MINUTE_MS + 20_000),
      EndTime: new Date(minute()),
    });
    expect(
      new Map(Datapoints.map(({ Timestamp, Sum }) => [(minute() - Timestamp!.getTime()) / MINUTE_MS, Sum])),
    ).toEqual(
      new Map([
        [5, 3],
        [3, 12],
        [1, 16],
      ]),
    );
  });

  it("refuses times of one second, and a request without statistics", async () => {
    const StartTime = new Date(minute());
    await expect(statistics("times", { StartTime, EndTime: new Date(minute() + 999) })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "The parameter StartTime must be less than the parameter EndTime.",
    });
    await expect(statistics("times", { Statistics: undefined })).rejects.toMatchObject({
      name: "InvalidParameterCombinationException",
      message: "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
    });
  });

  it("refuses more than 1,440 data points", async () => {
    await expect(
      statistics("many", { StartTime: new Date(minute() - 2 * DAY_MS), EndTime: new Date(minute()) }),
    ).rejects.toMatchObject({
      name: "InvalidParameterCombinationException",
      message:
        "You have requested up to 2,880 datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.",
    });
  });
});

describe("GetMetricData", () => {
  describe("behaviour", () => {
    beforeAll(async () => {
      await series("math-a", 1, 2, undefined, 4, 5);
      await series("math-b", 10, 0, 30, 40, 50);
    });

    it.each<[string, (number | undefined)[]]>([
      ["a + b", [11, 2, undefined, 44, 55]],
      ["b / a", [10, 0, undefined, 10, 10]],
      ["a / b", [0.1, undefined, undefined, 0.1, 0.1]],
      ["-a ^ 2 + 1", [0, -3, undefined, -15, -24]],
      ["b - MIN(b)", [10, 0, 30, 40, 50]],
      ["SUM([a, b])", [11, 2, 30, 44, 55]],
      ["MAX(METRICS())", [10, 2, 30, 40, 50]],
      ["AVG(METRICS('a'))", [1, 2, undefined, 4, 5]],
      ["DIFF(a)", [undefined, 1, undefined, 2, 1]],
      ["DIFF_TIME(a)", [undefined, 60, undefined, 120, 60]],
      ["RATE(a) * PERIOD(a)", [undefined, 1, undefined, 1, 1]],
      ["RUNNING_SUM(b)", [10, 10, 40, 80, 130]],
      ["IF(a > 1 AND b < 50, b, 0)", [0, 0, undefined, 40, 0]],
      ["IF(b == 0, 1)", [undefined, 1, undefined, undefined, undefined]],
      ["CEIL(a / 3) + FLOOR(a / 3) + ABS(-a)", [2, 3, undefined, 7, 8]],
      ["FIRST(SORT([a, b], SUM, DESC))", [10, 0, 30, 40, 50]],
    ])("evaluates %s", async (Expression, values) => {
      const { MetricDataResults: results } = await data([
        { ...query("a", "math-a"), ReturnData: false },
        { ...query("b", "math-b"), ReturnData: false },
        { Id: "e", Expression },
      ]);
      expect(results).toHaveLength(1);
      const { Timestamps = [], Values = [], Label } = results![0]!;
      const found = new Map(Timestamps.map((time, index) => [time.getTime(), Values[index]]));
      expect(values.map((_value, index) => found.get(minute() - (4 - index) * MINUTE_MS))).toEqual(
        values.map((value) => (value === undefined ? undefined : expect.closeTo(value, 9))),
      );
      expect(Label).toBe("e");
    });

    it("fills gaps over the whole time of the request", async () => {
      const range = { StartTime: new Date(minute() - 4 * MINUTE_MS), EndTime: new Date(minute() + MINUTE_MS) };
      const { MetricDataResults } = await data(
        [
          { ...query("a", "math-a"), ReturnData: false },
          { Id: "e", Expression: "FILL(a, LINEAR)" },
          { Id: "f", Expression: "FILL(a, 0)" },
        ],
        range,
      );
      expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([
        [1, 2, 3, 4, 5],
        [1, 2, 0, 4, 5],
      ]);
    });

    it("refuses queries of nothing, and times that are one or the wrong way round", async () => {
      const StartTime = new Date(minute());
      const later = (ms: number) => ({ StartTime, EndTime: new Date(minute() + ms) });
      for (const [message, refused] of [
        ["The parameter MetricDataQueries.member.1.MetricStat is required.\n", () => data([{ Id: "e" }])],
        ["The parameter StartTime must not equal parameter EndTime.\n", () => data([query("a", "x")], later(999))],
        ["The parameter EndTime must be greater than StartTime.\n", () => data([query("a", "x")], later(-1000))],
      ] as const) {
        await expect(refused()).rejects.toMatchObject({ name: "ValidationException", message });
      }
    });

    it("names results by metric, statistic and period where these differ, and by dynamic labels", async () => {
      const { MetricDataResults } = await data([
        query("a", "math-a"),
        query("b", "math-a", { Stat: "Maximum" }),
        { ...query("c", "math-a"), Label: "${PROP('MetricName')}: ${MAX} of ${SUM}" },
      ]);
      expect(MetricDataResults?.map(({ Label }) => Label)).toEqual(["m Sum", "m Maximum", "m: 5 of 12"]);
    });

    it("tells of several units and takes the first", async () => {
      await put(
        "units",
        { MetricName: "m", Value: 1, Unit: "Seconds" },
        { MetricName: "m", Value: 5, Unit: "Milliseconds" },
      );
      const { MetricDataResults } = await data([query("a", "units")]);
      expect(MetricDataResults).toMatchObject([
        {
          Values: [5],
          Messages: [{ Code: "MultipleUnits", Value: "Multiple units returned: '[Milliseconds, Seconds]'" }],
        },
      ]);
    });

    it("answers every data point once over pages, newest first unless asked otherwise", async () => {
      const seen: [string | undefined, number[] | undefined, string | undefined][] = [];
      let NextToken: string | undefined;
      do {
        const answer = await data([query("a", "math-a"), query("b", "math-b")], {
          MaxDatapoints: 3,
          NextToken,
          ScanBy: undefined,
        });
        seen.push(
          ...(answer.MetricDataResults ?? []).map(
            ({ Id, Values, StatusCode }) => [Id, Values, StatusCode] as [string, number[], string],
          ),
        );
        NextToken = answer.NextToken;
      } while (NextToken);
      expect(seen).toEqual([
        ["a", [5, 4, 2], "PartialData"],
        ["a", [1], "Complete"],
        ["b", [50, 40], "PartialData"],
        ["b", [30, 0, 10], "Complete"],
      ]);
    });
  });

  describe("validation", () => {
    it.each<[string, MetricDataQuery[], string]>([
      [
        "an id twice",
        [query("a", "n"), query("a", "n")],
        "The values for parameter id in MetricDataQueries are not unique.",
      ],
      [
        "an unknown statistic",
        [query("a", "n", { Stat: "Median" })],
        "The value for parameter MetricDataQueries.member.1.MetricStat.Stat is not a valid statistic.",
      ],
      ["an id that is not there", [{ Id: "e", Expression: "x + 1" }], "Error in expression: The id 'x' is not defined"],
      [
        "an expression that is none",
        [{ Id: "e", Expression: "1 +" }],
        "Error in expression: Unexpected 'end of expression'",
      ],
      [
        "expressions that name each other",
        [
          { Id: "e", Expression: "f + 1" },
          { Id: "f", Expression: "e + 1" },
        ],
        "Error in expression: 'e' refers to itself",
      ],
    ])("refuses %s", async (_what, queries, message) => {
      await expect(data(queries)).rejects.toMatchObject({ name: "ValidationException", message });
    });

    it("refuses SEARCH by name", async () => {
      await expect(data([{ Id: "e", Expression: "SEARCH('{n} m', 'Sum', 60)" }])).rejects.toMatchObject({
        name: "NotImplemented",
        message: "The function SEARCH of metric math is not supported by Headwater.",
      });
    });
  });
});

describe("ListMetrics", () => {
  it("finds metrics by dimension and by recent activity, and forgets them after two weeks", async () => {
    const dimension = (Value: string) => [{ Name: "d", Value }];
    await put("listed", { MetricName: "old", Value: 1, Dimensions: dimension("1") });
    await target.clock.advance(4 * HOUR_MS);
    await put("listed", { MetricName: "new", Value: 1, Dimensions: dimension("2") });
    const list = async (given: object) =>
      (await cloudwatch.send(new ListMetricsCommand({ Namespace: "listed", ...given }))).Metrics?.map(
        ({ MetricName }) => MetricName,
      );
    expect(await list({})).toEqual(["new", "old"]);
    expect(await list({ Dimensions: [{ Name: "d" }] })).toEqual(["new", "old"]);
    expect(await list({ Dimensions: dimension("1") })).toEqual(["old"]);
    expect(await list({ RecentlyActive: "PT3H" })).toEqual(["new"]);
    await target.clock.advance(14 * DAY_MS - HOUR_MS);
    expect(await list({})).toEqual(["new"]);
  });

  it("answers 500 at a time", async () => {
    for (const half of [0, 1]) {
      await put(
        "paged",
        ...Array.from({ length: 300 }, (_, index) => ({ MetricName: `m${half * 300 + index}`, Value: 1 })),
      );
    }
    const first = await cloudwatch.send(new ListMetricsCommand({ Namespace: "paged" }));
    const second = await cloudwatch.send(new ListMetricsCommand({ Namespace: "paged", NextToken: first.NextToken }));
    expect([first.Metrics?.length, second.Metrics?.length, second.NextToken]).toEqual([500, 100, undefined]);
    expect(new Set([...first.Metrics!, ...second.Metrics!].map(({ MetricName }) => MetricName)).size).toBe(600);
  });
});

describe("retention", () => {
  it("keeps seconds for three hours, minutes for 15 days, five minutes for 63, hours for 455, and nothing beyond", async () => {
    const at = minute();
    const seconds = [1, 1.5, 65].map((offset) => ({
      MetricName: "m",
      Value: 1,
      StorageResolution: 1,
      Timestamp: new Date(at + offset * 1000),
    }));
    await put("aging", ...seconds);
    const points = async (Period: number) => {
      const spanMs = Math.max(600, Period) * 1000;
      const start = at - (at % spanMs);
      const span = { StartTime: new Date(start), EndTime: new Date(start + 2 * spanMs) };
      return (await statistics("aging", { Period, ...span })).Datapoints?.map(({ Sum }) => Sum).toSorted();
    };
    const total = async (Period: number) => (await points(Period))?.reduce((sum = 0, value = 0) => sum + value, 0);
    expect(await points(1)).toEqual([1, 2]);
    await target.clock.advance(4 * HOUR_MS);
    expect(await points(1)).toEqual([]);
    expect(await points(60)).toEqual([1, 2]);
    await target.clock.advance(16 * DAY_MS);
    expect(await points(60)).toEqual([]);
    expect(await total(300)).toBe(3);
    await target.clock.advance(48 * DAY_MS);
    expect(await points(300)).toEqual([]);
    expect(await total(3600)).toBe(3);
    await target.clock.advance(390 * DAY_MS);
    expect(await total(3600)).toBe(3);
    await target.clock.advance(2 * DAY_MS);
    expect(await points(3600)).toEqual([]);
  });
});
