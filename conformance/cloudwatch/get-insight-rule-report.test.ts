/** Proves GetInsightRuleReport and DescribeInsightRules, of managed rules, and INSIGHT_RULE_METRIC. */
import {
  CloudWatchClient,
  DeleteInsightRulesCommand,
  DescribeAlarmsCommand,
  DescribeInsightRulesCommand,
  DisableInsightRulesCommand,
  GetInsightRuleReportCommand,
  GetMetricDataCommand,
  PutInsightRuleCommand,
  PutMetricAlarmCommand,
  type DeleteInsightRulesCommandOutput,
  type GetInsightRuleReportCommandInput,
} from "@aws-sdk/client-cloudwatch";
import {
  CreateTableCommand,
  DescribeContributorInsightsCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateContributorInsightsCommand,
} from "@aws-sdk/client-dynamodb";
import { refusal, useClient, useTarget } from "../target.ts";
import { logRule } from "./log-rule.ts";

const MINUTE_MS = 60_000;

const target = useTarget({ manualClock: true });
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));
const dynamodb = useClient(new DynamoDBClient(target.clientConfig()));

let tables = 0;

/** A table with contributor insights. @returns its rule of the partition keys that are used most */
async function watchedTable(): Promise<{ TableName: string; RuleName: string }> {
  const TableName = `watched-${process.pid}-${++tables}`;
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    }),
  );
  await target.clock.advance(0);
  await dynamodb.send(new UpdateContributorInsightsCommand({ TableName, ContributorInsightsAction: "ENABLE" }));
  await target.clock.advance(0);
  const { ContributorInsightsRuleList } = await dynamodb.send(new DescribeContributorInsightsCommand({ TableName }));
  return { TableName, RuleName: ContributorInsightsRuleList?.[0] ?? "" };
}

/** Items of a kilobyte take a unit each. */
const put = (TableName: string, pk: string, units = 1) =>
  dynamodb.send(
    new PutItemCommand({ TableName, Item: { pk: { S: pk }, text: { S: "x".repeat((units - 1) * 1024) } } }),
  );

/** At the start of a minute. */
async function toMinute(): Promise<number> {
  await target.clock.advance(MINUTE_MS - (target.clock.now() % MINUTE_MS));
  return target.clock.now();
}

const report = (RuleName: string, StartTime: number, given: Partial<GetInsightRuleReportCommandInput> = {}) =>
  cloudwatch.send(
    new GetInsightRuleReportCommand({
      RuleName,
      StartTime: new Date(StartTime),
      EndTime: new Date(StartTime + 10 * MINUTE_MS),
      Period: 60,
      ...given,
    }),
  );

describe("GetInsightRuleReport", () => {
  describe("validation", () => {
    it("needs a rule that is there, whole minutes, a span of time, known metrics and orders", async () => {
      const { RuleName } = await watchedTable();
      const now = target.clock.now();
      expect(await refusal(report("absent", now))).toContain("ResourceNotFound");
      expect(await refusal(report(RuleName, now, { Period: 90 }))).toContain("multiple of 60");
      expect(await refusal(report(RuleName, now, { EndTime: new Date(now - MINUTE_MS) }))).toContain("StartTime");
      expect(await refusal(report(RuleName, now, { Metrics: ["Median"] }))).toContain("Median");
      expect(await refusal(report(RuleName, now, { OrderBy: "Average" }))).toContain("Average");
    });

    it("has no more than 25 contributors of DynamoDB's rules", async () => {
      const { RuleName } = await watchedTable();
      const now = target.clock.now();
      expect(await report(RuleName, now, { MaxContributorCount: 25 })).toMatchObject({ Contributors: [] });
      for (const MaxContributorCount of [0, 26]) {
        expect(await refusal(report(RuleName, now, { MaxContributorCount }))).toContain("from 1 to 25");
      }
    });
  });

  describe("behaviour", () => {
    it("answers who contributed most, in which periods, and the metrics that are asked for", async () => {
      const { TableName, RuleName } = await watchedTable();
      const start = await toMinute();
      await put(TableName, "a");
      await put(TableName, "b", 4);
      await target.clock.advance(MINUTE_MS);
      for (let i = 0; i < 6; i++) await put(TableName, "a");
      await put(TableName, "c");
      const answer = await report(RuleName, start, {
        MaxContributorCount: 2,
        Metrics: ["UniqueContributors", "MaxContributorValue", "SampleCount", "Sum", "Minimum", "Maximum", "Average"],
      });
      const [first, second] = [new Date(start), new Date(start + MINUTE_MS)];
      const { $metadata: _none, ...told } = answer;
      expect(told).toEqual({
        KeyLabels: ["PartitionKey"],
        AggregationStatistic: "Sum",
        AggregateValue: 36,
        ApproximateUniqueCount: 3,
        Contributors: [
          {
            Keys: ["a"],
            ApproximateAggregateValue: 21,
            Datapoints: [
              { Timestamp: first, ApproximateValue: 3 },
              { Timestamp: second, ApproximateValue: 18 },
            ],
          },
          { Keys: ["b"], ApproximateAggregateValue: 12, Datapoints: [{ Timestamp: first, ApproximateValue: 12 }] },
        ],
        MetricDatapoints: [
          {
            Timestamp: first,
            UniqueContributors: 2,
            MaxContributorValue: 12,
            SampleCount: 2,
            Sum: 15,
            Minimum: 3,
            Maximum: 12,
            Average: 7.5,
          },
          {
            Timestamp: second,
            UniqueContributors: 2,
            MaxContributorValue: 18,
            SampleCount: 7,
            Sum: 21,
            Minimum: 3,
            Maximum: 3,
            Average: 3,
          },
        ],
      });
      const together = await report(RuleName, start, { Period: 300, OrderBy: "Maximum" });
      expect(together.Contributors?.map(({ Keys, Datapoints }) => [Keys?.[0], Datapoints?.length])).toEqual([
        ["b", 1],
        ["a", 1],
        ["c", 1],
      ]);
      expect(together).not.toHaveProperty("MetricDatapoints");
    });

    it("forgets what is older than 15 days", async () => {
      const { TableName, RuleName } = await watchedTable();
      const start = await toMinute();
      await put(TableName, "a");
      await target.clock.advance(14 * 24 * 60 * MINUTE_MS);
      expect((await report(RuleName, start)).Contributors).toHaveLength(1);
      await target.clock.advance(25 * 60 * MINUTE_MS);
      expect((await report(RuleName, start)).Contributors).toEqual([]);
    });
  });
});

describe("DescribeInsightRules", () => {
  it("shows the rules of DynamoDB as managed ones, by pages", async () => {
    const { RuleName } = await watchedTable();
    const found: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const page = await cloudwatch.send(
        new DescribeInsightRulesCommand({ MaxResults: 1, ...(NextToken !== undefined && { NextToken }) }),
      );
      expect(page.InsightRules).toHaveLength(1);
      found.push(...(page.InsightRules ?? []));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    const rule = found.find((each) => (each as { Name?: string }).Name === RuleName);
    expect(rule).toMatchObject({
      State: "ENABLED",
      Schema: '{"Name": "ServiceLogRule", "Version": 1}',
      ManagedRule: true,
    });
    expect(JSON.parse((rule as { Definition: string }).Definition)).toMatchObject({
      AggregateOn: "Sum",
      Contribution: { Keys: ["PartitionKey"], ValueOf: "ConsumedThroughputUnits" },
    });
  });
});

describe("a rule of a service", () => {
  it("cannot be put, switched off or deleted by others", async () => {
    const { RuleName } = await watchedTable();
    const RuleDefinition = JSON.stringify(logRule("group", { Keys: ["$.ip"] }));
    expect(await refusal(cloudwatch.send(new PutInsightRuleCommand({ RuleName, RuleDefinition })))).toContain(
      "managed",
    );
    const RuleNames = [RuleName];
    for (const command of [
      new DisableInsightRulesCommand({ RuleNames }),
      new DeleteInsightRulesCommand({ RuleNames }),
    ]) {
      const { Failures } = await (cloudwatch.send(command) as Promise<DeleteInsightRulesCommandOutput>);
      expect(Failures).toMatchObject([{ FailureResource: RuleName, ExceptionType: "InvalidParameterValueException" }]);
    }
    expect(await report(RuleName, target.clock.now())).toMatchObject({ Contributors: [] });
  });
});

describe("INSIGHT_RULE_METRIC", () => {
  const metric = (rule: string, name: string) => `INSIGHT_RULE_METRIC("${rule}", ${name})`;

  it("is a time series that can be calculated with", async () => {
    const { TableName, RuleName } = await watchedTable();
    const start = await toMinute();
    await put(TableName, "a", 2);
    await put(TableName, "b");
    await target.clock.advance(MINUTE_MS);
    await put(TableName, "c");
    const { MetricDataResults } = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(start),
        EndTime: new Date(start + 5 * MINUTE_MS),
        ScanBy: "TimestampAscending",
        MetricDataQueries: [
          { Id: "e1", Expression: `${metric(RuleName, "MaxContributorValue")} * 10`, Period: 60 },
          { Id: "e2", Expression: metric(RuleName, "'UniqueContributors'"), Period: 60 },
          { Id: "e3", Expression: metric("absent", "Sum"), Period: 60 },
        ],
      }),
    );
    expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([[60, 30], [2, 1], []]);
    const unknown = { Id: "e1", Expression: metric(RuleName, "'Median'"), Period: 60 };
    expect(
      await refusal(
        cloudwatch.send(
          new GetMetricDataCommand({
            StartTime: new Date(start),
            EndTime: new Date(start + MINUTE_MS),
            MetricDataQueries: [unknown],
          }),
        ),
      ),
    ).toContain("Wrong arguments of INSIGHT_RULE_METRIC");
  });

  it("can be watched by an alarm", async () => {
    const { TableName, RuleName } = await watchedTable();
    await toMinute();
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: TableName,
        EvaluationPeriods: 1,
        Threshold: 10,
        ComparisonOperator: "GreaterThanThreshold",
        Metrics: [{ Id: "e1", Expression: metric(RuleName, "'MaxContributorValue'"), Period: 60 }],
      }),
    );
    for (let i = 0; i < 4; i++) await put(TableName, "hot");
    await target.clock.advance(MINUTE_MS);
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [TableName] }));
    expect(MetricAlarms).toMatchObject([{ StateValue: "ALARM" }]);
  });
});
