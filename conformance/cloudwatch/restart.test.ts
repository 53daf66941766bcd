import {
  CloudWatchClient,
  DeleteDashboardsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { useDataDirectory } from "../data-directory.ts";
import { envelopeOf, makeQueue, makeTopic, receive, subscribeQueue, type Queue } from "../sns/fixture.ts";
import { openTarget, useClient, useTarget } from "../target.ts";

describe("a restart", () => {
  let dataDirectory: string;
  beforeAll(() => {
    dataDirectory = mkdtempSync(join(tmpdir(), "hw-cloudwatch-"));
  });
  afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

  it("keeps data and alarms, and alarms go on being evaluated", async () => {
    const StartTime = new Date(Date.now() - 3_600_000);
    {
      await using target = await openTarget({ manualClock: true, dataDirectory });
      const cloudwatch = new CloudWatchClient(target.clientConfig());
      await cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: "kept",
          MetricData: [{ MetricName: "m", Values: [1, 9], Counts: [3, 1] }],
        }),
      );
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName: "kept",
          Namespace: "kept",
          MetricName: "m",
          Statistic: "Maximum",
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 5,
          ComparisonOperator: "GreaterThanThreshold",
        }),
      );
      cloudwatch.destroy();
    }
    await using target = await openTarget({ manualClock: true, dataDirectory });
    const cloudwatch = new CloudWatchClient(target.clientConfig());
    const { Datapoints } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: "kept",
        MetricName: "m",
        StartTime,
        EndTime: new Date(StartTime.getTime() + 2 * 3_600_000),
        Period: 60,
        Statistics: ["Sum"],
        ExtendedStatistics: ["p50"],
      }),
    );
    expect(Datapoints).toMatchObject([{ Sum: 12, ExtendedStatistics: { p50: 1 } }]);
    await target.clock.advance(60_000);
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms).toMatchObject([{ AlarmName: "kept", StateValue: "ALARM" }]);
    const history = await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName: "kept" }));
    expect(history.AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary)).toEqual([
      "Alarm updated from INSUFFICIENT_DATA to ALARM",
      'Alarm "kept" created',
    ]);
    cloudwatch.destroy();
  });
});

describe("a stop right behind a change of state", () => {
  const directory = useDataDirectory();

  it("does the action once: before the stop or after the next start", async () => {
    const dataDirectory = directory();
    const AlarmName = "stopped";
    let queue: Queue;
    {
      await using target = await openTarget({ dataDirectory });
      const cloudwatch = new CloudWatchClient(target.clientConfig());
      const sns = new SNSClient(target.clientConfig());
      const sqs = new SQSClient(target.clientConfig());
      const topic = await makeTopic(sns, "stopped");
      queue = await makeQueue(sqs, "stopped");
      await subscribeQueue(sns, topic, queue);
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: "stopped",
          MetricName: "m",
          Statistic: "Maximum",
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 5,
          ComparisonOperator: "GreaterThanThreshold",
          TreatMissingData: "ignore",
          AlarmActions: [topic],
          OKActions: [topic],
        }),
      );
      for (const StateValue of ["ALARM", "OK"] as const)
        await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: StateValue }));
      for (const client of [cloudwatch, sns, sqs]) client.destroy();
    }
    await using target = await openTarget({ dataDirectory });
    const cloudwatch = new CloudWatchClient(target.clientConfig());
    const sqs = new SQSClient(target.clientConfig());
    const reasons = (
      await receive(sqs, { ...queue, url: queue.url.replace(/^http:\/\/[^/]+/, target.endpoint) }, 2)
    ).map((each) => (JSON.parse(envelopeOf(each)["Message"] as string) as { NewStateReason: string }).NewStateReason);
    expect(reasons.toSorted()).toEqual(["ALARM", "OK"]);
    const actions = await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "Action" }));
    expect(actions.AlarmHistoryItems).toHaveLength(2);
    for (const client of [cloudwatch, sqs]) client.destroy();
  });
});

describe("PutDashboard", () => {
  const target = useTarget();
  const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));
  const DashboardBody = '{"widgets": []}';

  it("keeps the body to the letter until the dashboard is deleted", async () => {
    for (const DashboardName of ["one", "two"])
      await cloudwatch.send(new PutDashboardCommand({ DashboardName, DashboardBody }));
    const found = await cloudwatch.send(new GetDashboardCommand({ DashboardName: "one" }));
    expect(found).toMatchObject({ DashboardArn: "arn:aws:cloudwatch::000000000000:dashboard/one", DashboardBody });
    const list = async () =>
      (await cloudwatch.send(new ListDashboardsCommand({}))).DashboardEntries?.map(({ DashboardName, Size }) => [
        DashboardName,
        Size,
      ]);
    expect(await list()).toEqual([
      ["one", 15],
      ["two", 15],
    ]);
    const remove = (...DashboardNames: string[]) => cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames }));
    await expect(remove("one", "none")).rejects.toMatchObject({ message: "Dashboard none does not exist" });
    await remove("one");
    expect(await list()).toEqual([["two", 15]]);
  });

  it.each(["[]", "no json", "{}"])("refuses the body %s", async (body) => {
    await expect(
      cloudwatch.send(new PutDashboardCommand({ DashboardName: "bad", DashboardBody: body })),
    ).rejects.toMatchObject({ name: "DashboardInvalidInputError", dashboardValidationMessages: [expect.anything()] });
  });
});
