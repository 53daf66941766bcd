import { describe, expect, it } from "@jest/globals";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetInsightRuleReportCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { RoleFixture, sessionArn, uniqueName } from "../iam/fixture.ts";

describe("permissions of CloudWatch", () => {
  const fixture = new RoleFixture();

  it("are asked without a resource where the action has none", async () => {
    const role = await fixture.role(uniqueName("stranger"));
    const cloudwatch = new CloudWatchClient(await fixture.session(role));
    const refused = (action: string, where = "") => ({
      name: "AccessDenied",
      message: `User: ${sessionArn(role)} is not authorized to perform: ${action}${where} because no identity-based policy allows the ${action} action`,
      $metadata: expect.objectContaining({ httpStatusCode: 403 }) as unknown,
    });
    await expect(
      cloudwatch.send(new PutMetricDataCommand({ Namespace: "n", MetricData: [{ MetricName: "m", Value: 1 }] })),
    ).rejects.toMatchObject(refused("cloudwatch:PutMetricData"));
    await expect(cloudwatch.send(new ListMetricsCommand({}))).rejects.toMatchObject(refused("cloudwatch:ListMetrics"));
    await expect(cloudwatch.send(new DescribeAlarmsCommand({}))).rejects.toMatchObject(
      refused("cloudwatch:DescribeAlarms", " on resource: arn:aws:cloudwatch:us-east-1:000000000000:alarm:*"),
    );
    cloudwatch.destroy();
  });

  it("are asked for the rules of Contributor Insights by their names, also where expressions read them", async () => {
    const RuleName = "DynamoDBContributorInsights-PKC-table-1";
    const arn = `arn:aws:cloudwatch:us-east-1:000000000000:insight-rule/${RuleName}`;
    const role = await fixture.role(uniqueName("reader"), [
      { Effect: "Allow", Action: "cloudwatch:GetMetricData", Resource: "*" },
    ]);
    const cloudwatch = new CloudWatchClient(await fixture.session(role));
    const span = { StartTime: new Date(0), EndTime: new Date(60_000) };
    const read = (Expression: string) =>
      cloudwatch.send(new GetMetricDataCommand({ ...span, MetricDataQueries: [{ Id: "e", Expression, Period: 60 }] }));
    const missing = expect.objectContaining({
      name: "AccessDenied",
      message: expect.stringContaining(`cloudwatch:GetInsightRuleReport on resource: ${arn} `) as unknown,
    });
    await expect(cloudwatch.send(new GetInsightRuleReportCommand({ ...span, RuleName, Period: 60 }))).rejects.toEqual(
      missing,
    );
    await expect(read(`INSIGHT_RULE_METRIC('${RuleName}', Sum)`)).rejects.toEqual(missing);
    await expect(read("TIME_SERIES(1)")).resolves.toMatchObject({ MetricDataResults: [{ Values: [1] }] });
    cloudwatch.destroy();
  });

  it("are asked for each rule that an expression reads, however it is written, and of alarms too", async () => {
    const ruleArn = (rule: string) => `arn:aws:cloudwatch:us-east-1:000000000000:insight-rule/${rule}`;
    const role = await fixture.role(uniqueName("reader"), [
      { Effect: "Allow", Action: ["cloudwatch:GetMetricData", "cloudwatch:PutMetricAlarm"], Resource: "*" },
      { Effect: "Allow", Action: "cloudwatch:GetInsightRuleReport", Resource: ruleArn("mine") },
    ]);
    const cloudwatch = new CloudWatchClient(await fixture.session(role));
    const span = { StartTime: new Date(0), EndTime: new Date(60_000) };
    const read = (...expressions: string[]) =>
      cloudwatch.send(
        new GetMetricDataCommand({
          ...span,
          MetricDataQueries: expressions.map((Expression, place) => ({
            Id: place === 0 ? "result" : "mine",
            Expression,
            Period: 60,
            ReturnData: place === 0,
          })),
        }),
      );
    const watch = (Expression: string) =>
      cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName: uniqueName("alarm"),
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: "GreaterThanThreshold",
          Metrics: [{ Id: "result", Expression, Period: 60 }],
        }),
      );
    const missing = expect.objectContaining({
      name: "AccessDenied",
      message: expect.stringContaining(`cloudwatch:GetInsightRuleReport on resource: ${ruleArn("secret")} `) as unknown,
    });
    for (const rule of ['"secret"', "'secret'", '"s\\ecret"', '("secret")']) {
      const expression = `1 + INSIGHT_RULE_METRIC("mine", Sum) * INSIGHT_RULE_METRIC( ${rule}, Sum)`;
      await expect(read(expression)).rejects.toEqual(missing);
      await expect(watch(expression)).rejects.toEqual(missing);
    }
    await expect(read("INSIGHT_RULE_METRIC(mine, Sum)", '"secret"')).rejects.toMatchObject({
      message: expect.stringContaining("Wrong arguments of INSIGHT_RULE_METRIC") as unknown,
    });
    await expect(read("INSIGHT_RULE_METRIC('mine', Sum)")).resolves.toMatchObject({ MetricDataResults: [{}] });
    await expect(watch("INSIGHT_RULE_METRIC('mine', Sum)")).resolves.toBeDefined();
    cloudwatch.destroy();
  });
});
