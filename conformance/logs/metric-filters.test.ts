import { CloudWatchClient, GetMetricStatisticsCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteMetricFilterCommand,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
  TestMetricFilterCommand,
  type MetricTransformation,
} from "@aws-sdk/client-cloudwatch-logs";
import { useClient, useTarget } from "../target.ts";

const target = useTarget({ manualClock: true });
const logs = useClient(new CloudWatchLogsClient(target.clientConfig()));
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));

const logStreamName = "s";

async function makeGroup(logGroupName: string): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
}

const say = (logGroupName: string, ...messages: string[]) =>
  logs.send(
    new PutLogEventsCommand({
      logGroupName,
      logStreamName,
      logEvents: messages.map((message) => ({ timestamp: target.clock.now(), message })),
    }),
  );

const putFilter = (logGroupName: string, filterPattern: string, given: Partial<MetricTransformation> = {}) =>
  logs.send(
    new PutMetricFilterCommand({
      logGroupName,
      filterName: "f",
      filterPattern,
      metricTransformations: [{ metricName: "m", metricNamespace: logGroupName, metricValue: "1", ...given }],
    }),
  );

async function measured(Namespace: string, dimensions: Record<string, string> = {}, MetricName = "m") {
  const { Datapoints } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace,
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      StartTime: new Date(target.clock.now() - 600_000),
      EndTime: new Date(target.clock.now() + 600_000),
      Period: 60,
      Statistics: ["SampleCount", "Sum"],
    }),
  );
  return Datapoints?.map(({ SampleCount, Sum, Unit }) => ({ SampleCount, Sum, Unit }));
}

describe("PutMetricFilter", () => {
  describe("behaviour", () => {
    it("counts the events that match from now on", async () => {
      await makeGroup("counted");
      await say("counted", "ERROR before");
      await putFilter("counted", "ERROR", { unit: "Count" });
      await say("counted", "ERROR one", "fine", "ERROR two");
      expect(await measured("counted")).toEqual([{ SampleCount: 2, Sum: 2, Unit: "Count" }]);
      const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "counted" }));
      expect(logGroups?.[0]?.metricFilterCount).toBe(1);
    });

    it("takes values and dimensions out of JSON; events without them make no data", async () => {
      await makeGroup("json");
      await putFilter("json", '{ $.level = "ERROR" && $.user.id = * }', {
        metricValue: "$.ms",
        dimensions: { User: "$.user.id" },
        unit: "Milliseconds",
      });
      await say(
        "json",
        '{"level":"ERROR","ms":12.5,"user":{"id":"a"}}',
        '{"level":"ERROR","ms":"7","user":{"id":"a"}}',
        '{"level":"ERROR","user":{"id":"a"}}',
        '{"level":"INFO","ms":100,"user":{"id":"a"}}',
        '{"level":"ERROR","ms":1,"user":{"id":"b"}}',
      );
      expect(await measured("json", { User: "a" })).toEqual([{ SampleCount: 2, Sum: 19.5, Unit: "Milliseconds" }]);
      expect(await measured("json", { User: "b" })).toEqual([{ SampleCount: 1, Sum: 1, Unit: "Milliseconds" }]);
      const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ Namespace: "json" }));
      expect(Metrics).toHaveLength(2);
    });

    it("takes values out of space-delimited fields", async () => {
      await makeGroup("space");
      await putFilter("space", "[ip, ..., status = 4*, size]", {
        metricValue: "$size",
        dimensions: { Status: "$status" },
      });
      await say("space", '10.0.0.1 - "GET /a" 404 1534', '10.0.0.1 - "GET /b" 200 99', '10.0.0.1 - "GET /c" 404 10');
      expect(await measured("space", { Status: "404" })).toEqual([{ SampleCount: 2, Sum: 1544, Unit: "None" }]);
    });

    it("reports the default value while nothing matches", async () => {
      await makeGroup("default");
      await putFilter("default", "ERROR", { defaultValue: 0 });
      await say("default", "fine");
      expect(await measured("default")).toEqual([{ SampleCount: 1, Sum: 0, Unit: "None" }]);
    });

    it("ends with DeleteMetricFilter", async () => {
      await makeGroup("ended");
      await putFilter("ended", "ERROR");
      await logs.send(new DeleteMetricFilterCommand({ logGroupName: "ended", filterName: "f" }));
      await say("ended", "ERROR");
      expect(await measured("ended")).toEqual([]);
      await expect(
        logs.send(new DeleteMetricFilterCommand({ logGroupName: "ended", filterName: "f" })),
      ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    });
  });

  describe("validation", () => {
    it.each<[string, string, Partial<MetricTransformation>]>([
      ["a pattern that is none", "{ $.a = }", {}],
      ["a value that is neither number nor field", "ERROR", { metricValue: "$.ms" }],
      ["dimensions beside a default value", "{ $.a = 1 }", { dimensions: { A: "$.a" }, defaultValue: 0 }],
      ["dimensions of a pattern that names nothing", "ERROR", { dimensions: { A: "$.a" } }],
    ])("refuses %s", async (_what, pattern, given) => {
      await logs.send(new CreateLogGroupCommand({ logGroupName: "invalid" })).catch(() => {});
      await expect(putFilter("invalid", pattern, given)).rejects.toMatchObject({ name: "InvalidParameterException" });
    });
  });
});

describe("DescribeMetricFilters", () => {
  it("finds filters by group and by metric", async () => {
    await makeGroup("described");
    await putFilter("described", "ERROR", { defaultValue: 0 });
    const byMetric = await logs.send(
      new DescribeMetricFiltersCommand({ metricName: "m", metricNamespace: "described" }),
    );
    expect(byMetric.metricFilters).toEqual([
      {
        filterName: "f",
        filterPattern: "ERROR",
        logGroupName: "described",
        creationTime: target.clock.now(),
        applyOnTransformedLogs: false,
        metricTransformations: [{ metricName: "m", metricNamespace: "described", metricValue: "1", defaultValue: 0 }],
      },
    ]);
    const byGroup = await logs.send(
      new DescribeMetricFiltersCommand({ logGroupName: "described", filterNamePrefix: "x" }),
    );
    expect(byGroup.metricFilters).toEqual([]);
  });
});

describe("TestMetricFilter", () => {
  const test = async (filterPattern: string, ...logEventMessages: string[]) =>
    (await logs.send(new TestMetricFilterCommand({ filterPattern, logEventMessages }))).matches;

  it("answers the messages that match and what the pattern names in them", async () => {
    expect(await test("[ip, user, status > 399]", "1.2.3.4 frank 200", "1.2.3.4 anne 500")).toEqual([
      {
        eventNumber: 2,
        eventMessage: "1.2.3.4 anne 500",
        extractedValues: { $ip: "1.2.3.4", $user: "anne", $status: "500" },
      },
    ]);
    expect(await test('{ $.a.b = "x" && $.n >= 2 }', '{"a":{"b":"x"},"n":2}')).toMatchObject([
      { eventNumber: 1, extractedValues: { "$.a.b": "x", "$.n": "2" } },
    ]);
    expect(await test("ERROR -disk", "ERROR disk", "ERROR")).toMatchObject([{ eventNumber: 2, extractedValues: {} }]);
  });
});

describe("the embedded metric format", () => {
  const document = (given: object, metadata: object = {}) =>
    JSON.stringify({
      _aws: {
        Timestamp: target.clock.now(),
        CloudWatchMetrics: [
          {
            Namespace: "emf",
            Dimensions: [["Service"], []],
            Metrics: [{ Name: "rows", Unit: "Count" }, { Name: "absent" }],
          },
        ],
        ...metadata,
      },
      ...given,
    });

  it("publishes the metrics of an event, for each set of dimensions", async () => {
    await makeGroup("emf-group");
    await say("emf-group", document({ Service: "retail", rows: [1, 2, 4] }), "no document");
    expect(await measured("emf", { Service: "retail" }, "rows")).toEqual([{ SampleCount: 3, Sum: 7, Unit: "Count" }]);
    expect(await measured("emf", {}, "rows")).toEqual([{ SampleCount: 3, Sum: 7, Unit: "Count" }]);
    const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ Namespace: "emf", MetricName: "absent" }));
    expect(Metrics).toEqual([]);
  });

  it("counts documents that are none, and publishes nothing of them", async () => {
    await makeGroup("emf-bad");
    await say(
      "emf-bad",
      document({ rows: 1 }), // a dimension is missing
      document({ Service: "x", rows: "many" }),
      document({ Service: "x", rows: 1 }, { Timestamp: 0 }),
      document({ Service: "x", rows: -1 }).replace("-1", "1e999"), // infinite
      document({ Service: " ", rows: 1 }), // an empty dimension
      document({ rows: 1 }).replace('"Service"', '"constructor"'), // a member that every object has
    );
    expect(await measured("AWS/Logs", { LogGroupName: "emf-bad" }, "EMFValidationErrors")).toMatchObject([{ Sum: 6 }]);
    expect(await measured("emf", { Service: "x" }, "rows")).toEqual([]);
  });
});

describe("AWS/Logs", () => {
  it("counts events and bytes by group", async () => {
    await makeGroup("own");
    await say("own", "abc", "de");
    const of = { LogGroupName: "own" };
    expect(await measured("AWS/Logs", of, "IncomingLogEvents")).toMatchObject([{ Sum: 2 }]);
    expect(await measured("AWS/Logs", of, "IncomingBytes")).toMatchObject([{ Sum: 57 }]);
  });
});
