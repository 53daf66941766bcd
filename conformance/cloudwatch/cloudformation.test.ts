import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeMetricFiltersCommand } from "@aws-sdk/client-cloudwatch-logs";
import { helpers } from "../cloudformation/fixture.ts";
import { useClient, useTarget } from "../target.ts";

const target = useTarget();
const cloudformation = useClient(new CloudFormationClient(target.clientConfig()));
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));
const logs = useClient(new CloudWatchLogsClient(target.clientConfig()));
const { inStatus } = helpers(cloudformation);

const template = (threshold: number, tag: string) =>
  JSON.stringify({
    Resources: {
      Topic: { Type: "AWS::SNS::Topic" },
      Group: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: "templated" } },
      Filter: {
        Type: "AWS::Logs::MetricFilter",
        Properties: {
          LogGroupName: { Ref: "Group" },
          FilterPattern: '{ $.level = "ERROR" }',
          MetricTransformations: [
            {
              MetricName: "errors",
              MetricNamespace: "templated",
              MetricValue: "1",
              Dimensions: [{ Key: "Level", Value: "$.level" }],
            },
          ],
        },
      },
      Errors: {
        Type: "AWS::CloudWatch::Alarm",
        Properties: {
          AlarmDescription: "errors in the log",
          Namespace: "templated",
          MetricName: "errors",
          Dimensions: [{ Name: "Level", Value: "ERROR" }],
          Statistic: "Sum",
          Period: "60",
          EvaluationPeriods: 1,
          Threshold: threshold,
          ComparisonOperator: "GreaterThanOrEqualToThreshold",
          TreatMissingData: "notBreaching",
          AlarmActions: [{ Ref: "Topic" }],
          Tags: [{ Key: "team", Value: tag }],
        },
      },
      Share: {
        Type: "AWS::CloudWatch::Alarm",
        Properties: {
          AlarmName: "share",
          EvaluationPeriods: 2,
          DatapointsToAlarm: 1,
          Threshold: 0.5,
          ComparisonOperator: "GreaterThanThreshold",
          Metrics: [
            { Id: "e", Expression: "a / FILL(a, 1)" },
            {
              Id: "a",
              ReturnData: false,
              MetricStat: { Metric: { Namespace: "templated", MetricName: "errors" }, Period: 60, Stat: "p90" },
            },
          ],
        },
      },
      Any: {
        Type: "AWS::CloudWatch::CompositeAlarm",
        Properties: { AlarmName: "any", AlarmRule: { "Fn::Sub": 'ALARM("${Errors}") OR ALARM("${Share.Arn}")' } },
      },
      Board: {
        Type: "AWS::CloudWatch::Dashboard",
        Properties: {
          DashboardName: "board",
          DashboardBody: { "Fn::Sub": '{"widgets":[{"type":"text","properties":{"markdown":"${Errors}"}}]}' },
        },
      },
    },
    Outputs: { Errors: { Value: { Ref: "Errors" } }, Arn: { Value: { "Fn::GetAtt": ["Errors", "Arn"] } } },
  });

describe("a stack with alarms, a metric filter and a dashboard", () => {
  it("makes them, changes them in place and removes them", async () => {
    const StackName = "monitoring";
    await cloudformation.send(new CreateStackCommand({ StackName, TemplateBody: template(1, "a") }));
    await inStatus(StackName, /^CREATE_COMPLETE$/);
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    const outputs = new Map(Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    const name = outputs.get("Errors") ?? "";
    const arn = outputs.get("Arn") ?? "";
    expect(name).toMatch(/^monitoring-Errors-[A-Z0-9]+$/);
    expect(arn).toBe(`arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`);
    const alarms = (AlarmTypes: ("MetricAlarm" | "CompositeAlarm")[]) =>
      cloudwatch.send(new DescribeAlarmsCommand({ AlarmTypes }));
    const { MetricAlarms, CompositeAlarms } = await alarms(["MetricAlarm", "CompositeAlarm"]);
    expect(MetricAlarms).toMatchObject([
      { AlarmName: name, Threshold: 1, AlarmActions: [expect.stringContaining(":sns:")] },
      { AlarmName: "share", DatapointsToAlarm: 1 },
    ]);
    expect(CompositeAlarms).toMatchObject([{ AlarmName: "any" }]);
    const { metricFilters } = await logs.send(new DescribeMetricFiltersCommand({ logGroupName: "templated" }));
    expect(metricFilters?.[0]?.metricTransformations?.[0]?.dimensions).toEqual({ Level: "$.level" });
    const board = await cloudwatch.send(new GetDashboardCommand({ DashboardName: "board" }));
    expect(board.DashboardBody).toContain(name);

    await cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: template(5, "b") }));
    await inStatus(StackName, /^UPDATE_COMPLETE$/);
    expect((await alarms(["MetricAlarm"])).MetricAlarms?.[0]).toMatchObject({ AlarmName: name, Threshold: 5 });
    const tagged = await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
    expect(tagged.Tags).toContainEqual({ Key: "team", Value: "b" });

    await cloudformation.send(new DeleteStackCommand({ StackName }));
    await inStatus(Stacks?.[0]?.StackId ?? "", /^DELETE_COMPLETE$/);
    expect(await alarms(["MetricAlarm", "CompositeAlarm"])).toMatchObject({ MetricAlarms: [], CompositeAlarms: [] });
    expect((await cloudwatch.send(new ListDashboardsCommand({}))).DashboardEntries).toEqual([]);
  }, 60_000);
});
