import { useTarget } from "../target.ts";
import { awsEnvironment, describeUnless, runProgram, whyMissing } from "../clients/tools.ts";

const TEST_MS = 60_000;

const target = useTarget();

const SCRIPT = `
import boto3, datetime
cloudwatch = boto3.client("cloudwatch")
now = datetime.datetime.now(datetime.timezone.utc)
span = dict(StartTime=now - datetime.timedelta(minutes=5), EndTime=now + datetime.timedelta(minutes=5))
dimensions = [{"Name": "d", "Value": "x"}]
cloudwatch.put_metric_data(Namespace="boto", MetricData=[
    {"MetricName": "m", "Value": 4.5, "Dimensions": dimensions, "Timestamp": now},
    {"MetricName": "m", "Values": [1, 2], "Counts": [2, 1], "Dimensions": dimensions, "Timestamp": now},
])
points = cloudwatch.get_metric_statistics(Namespace="boto", MetricName="m", Dimensions=dimensions, Period=60,
    Statistics=["Sum", "SampleCount"], ExtendedStatistics=["p90"], **span)["Datapoints"]
assert [(p["Sum"], p["SampleCount"], p["ExtendedStatistics"]) for p in points] == [(8.5, 4, {"p90": 4.5})], points
assert points[0]["Timestamp"].tzinfo is not None
metric = {"Namespace": "boto", "MetricName": "m", "Dimensions": dimensions}
results = cloudwatch.get_metric_data(MetricDataQueries=[
    {"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
    {"Id": "e", "Expression": "a * 2"},
], **span)["MetricDataResults"]
assert [(r["Id"], r["Values"]) for r in results] == [("e", [17])], results
cloudwatch.put_metric_alarm(AlarmName="boto", Namespace="boto", MetricName="m", Statistic="Sum", Period=60,
    EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold")
cloudwatch.get_waiter("alarm_exists").wait(AlarmNames=["boto"])
try:
    cloudwatch.set_alarm_state(AlarmName="nobody", StateValue="ALARM", StateReason="no")
    raise AssertionError("it is refused")
except cloudwatch.exceptions.ResourceNotFound as error:
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
try:
    cloudwatch.put_metric_data(Namespace="AWS/No", MetricData=[{"MetricName": "m", "Value": 1}])
    raise AssertionError("it is refused")
except cloudwatch.exceptions.InvalidParameterValueException as error:
    assert error.response["Error"]["Code"] == "InvalidParameterValue"
`;

describeUnless(whyMissing("python3", "-c", "import boto3"), "boto3 and CloudWatch")("boto3", () => {
  it(
    "publishes, reads, calculates and watches",
    () => runProgram("python3", ["-c", SCRIPT], { env: awsEnvironment(target.endpoint) }),
    TEST_MS,
  );
});

describeUnless(whyMissing("aws", "--version"), "the AWS CLI and CloudWatch")("the AWS CLI", () => {
  const aws = (...args: readonly string[]) =>
    runProgram("aws", ["cloudwatch", ...args, "--output", "json"], { env: awsEnvironment(target.endpoint) });

  it(
    "publishes a metric, reads it and sees its alarm",
    async () => {
      const metric = ["--namespace", "cli", "--metric-name", "m"];
      await aws("put-metric-data", ...metric, "--value", "3", "--dimensions", "a=b");
      const { Metrics } = JSON.parse(await aws("list-metrics", "--namespace", "cli")) as { Metrics: unknown };
      expect(Metrics).toEqual([{ Namespace: "cli", MetricName: "m", Dimensions: [{ Name: "a", Value: "b" }] }]);
      const [start, end] = [-300_000, 300_000].map((offset) => new Date(Date.now() + offset).toISOString());
      const { Datapoints } = JSON.parse(
        await aws(
          ...["get-metric-statistics", ...metric, "--dimensions", "Name=a,Value=b", "--period", "60"],
          ...["--start-time", start ?? "", "--end-time", end ?? "", "--statistics", "Sum"],
        ),
      ) as { Datapoints: { Sum: number }[] };
      expect(Datapoints.map(({ Sum }) => Sum)).toEqual([3]);
      await aws(
        ...["put-metric-alarm", "--alarm-name", "cli", ...metric, "--statistic", "Sum", "--period", "60"],
        ...["--evaluation-periods", "1", "--threshold", "1", "--comparison-operator", "GreaterThanThreshold"],
      );
      const described = JSON.parse(await aws("describe-alarms", "--alarm-names", "cli")) as {
        MetricAlarms: { StateValue: string }[];
      };
      expect(described.MetricAlarms.map(({ StateValue }) => StateValue)).toEqual(["INSUFFICIENT_DATA"]);
      await expect(aws("get-dashboard", "--dashboard-name", "none")).rejects.toThrow(
        /\(ResourceNotFound\).*Dashboard none does not exist/,
      );
    },
    TEST_MS,
  );
});
