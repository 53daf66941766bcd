import AdmZip from "adm-zip";
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { envelopeOf, makeQueue, makeTopic, receive, subscribeQueue, type Queue } from "../sns/fixture.ts";
import { eventually, useClient, useTarget } from "../target.ts";

const ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:";

const target = useTarget({ manualClock: true });
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));
const sns = useClient(new SNSClient(target.clientConfig()));
const sqs = useClient(new SQSClient(target.clientConfig()));

let topic: string;
let queue: Queue;
beforeAll(async () => {
  topic = await makeTopic(sns, "alarms");
  queue = await makeQueue(sqs, "alarms");
  await subscribeQueue(sns, topic, queue);
});

const putAlarm = (AlarmName: string, actions: object) =>
  cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      AlarmDescription: "too many",
      Namespace: AlarmName,
      MetricName: "m",
      Dimensions: [{ Name: "d", Value: "1" }],
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
      ...actions,
    }),
  );

const setState = (AlarmName: string, StateValue: "OK" | "ALARM", StateReason = "by hand") =>
  cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));

const history = async (AlarmName: string): Promise<(string | undefined)[]> =>
  (
    await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: "Action" }))
  ).AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary) ?? [];

describe("an alarm's action on an SNS topic", () => {
  it("publishes CloudWatch's message when the state changes by the clock", async () => {
    await putAlarm("told", { AlarmActions: [topic], OKActions: [topic] });
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: "told",
        MetricData: [{ MetricName: "m", Value: 5, Dimensions: [{ Name: "d", Value: "1" }] }],
      }),
    );
    await target.clock.advance(60_000);
    const [first] = await receive(sqs, queue);
    const envelope = envelopeOf(first);
    expect(envelope["Subject"]).toBe('ALARM: "told" in US East (N. Virginia)');
    const message = JSON.parse(envelope["Message"] as string) as Record<string, unknown>;
    expect(message).toMatchObject({
      AlarmName: "told",
      AlarmDescription: "too many",
      AWSAccountId: "000000000000",
      NewStateValue: "ALARM",
      OldStateValue: "INSUFFICIENT_DATA",
      Region: "US East (N. Virginia)",
      AlarmArn: `${ARN}told`,
      AlarmActions: [topic],
      OKActions: [topic],
      InsufficientDataActions: [],
      Trigger: {
        MetricName: "m",
        Namespace: "told",
        StatisticType: "Statistic",
        Statistic: "SUM",
        Unit: null,
        Dimensions: [{ value: "1", name: "d" }],
        Period: 60,
        EvaluationPeriods: 1,
        ComparisonOperator: "GreaterThanThreshold",
        Threshold: 2,
        TreatMissingData: "notBreaching",
        EvaluateLowSampleCountPercentile: "",
      },
    });
    expect(envelope["Message"]).toContain('"Threshold":2.0,');
    expect(message["NewStateReason"]).toMatch(/^Threshold Crossed: 1 datapoint \[5\.0 /);
    expect(message["StateChangeTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
    await target.clock.advance(240_000);
    const [second] = await receive(sqs, queue);
    expect(envelopeOf(second)["Subject"]).toBe('OK: "told" in US East (N. Virginia)');
    await eventually("both are in the history", async () => ((await history("told")).length === 2 ? true : undefined));
    expect(await history("told")).toEqual(Array(2).fill(`Successfully executed action ${topic}`));
  });

  it("is done only while actions are enabled, and once for each change", async () => {
    await putAlarm("switched", { AlarmActions: [topic] });
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ["switched"] }));
    await setState("switched", "ALARM");
    await setState("switched", "OK");
    await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: ["switched"] }));
    await setState("switched", "ALARM", "first");
    await setState("switched", "ALARM", "again");
    await putAlarm("end", { AlarmActions: [topic] });
    await setState("end", "ALARM", "end");
    const reasons = (await receive(sqs, queue, 2)).map(
      (each) => (JSON.parse(envelopeOf(each)["Message"] as string) as { NewStateReason: string }).NewStateReason,
    );
    expect(reasons.toSorted()).toEqual(["end", "first"]);
  });

  it("tells of a composite alarm's rule and of the child that changed it", async () => {
    await putAlarm("child", {});
    await cloudwatch.send(
      new PutCompositeAlarmCommand({ AlarmName: "parent", AlarmRule: "ALARM(child)", AlarmActions: [topic] }),
    );
    await setState("child", "ALARM");
    const [message] = await receive(sqs, queue);
    expect(JSON.parse(envelopeOf(message)["Message"] as string)).toMatchObject({
      AlarmName: "parent",
      AlarmRule: "ALARM(child)",
      NewStateValue: "ALARM",
      TriggeringChildren: [{ Arn: `${ARN}child`, State: { Value: "ALARM" } }],
    });
  });

  it("notes an action that failed", async () => {
    const missing = topic.replace("alarms", "nowhere");
    await putAlarm("failing", { AlarmActions: [missing] });
    await setState("failing", "ALARM");
    const [summary] = await eventually("the failure is noted", async () => {
      const found = await history("failing");
      return found.length > 0 ? found : undefined;
    });
    expect(summary).toMatch(new RegExp(`^Failed to execute action ${missing}\\. Received error: "`));
  });

  it("cannot publish to a topic with AWS's own key, which does not know CloudWatch", async () => {
    const encrypted = await makeTopic(sns, "encrypted", { KmsMasterKeyId: "alias/aws/sns" });
    await putAlarm("unheard", { AlarmActions: [encrypted] });
    await setState("unheard", "ALARM");
    const [summary] = await eventually("the failure is noted", async () => {
      const found = await history("unheard");
      return found.length > 0 ? found : undefined;
    });
    const error = "CloudWatch Alarms does not have authorization to access the SNS topic encryption key.";
    expect(summary).toBe(`Failed to execute action ${encrypted}. Received error: "${error}"`);
    // the account itself may
    await sns.send(new PublishCommand({ TopicArn: encrypted, Message: "by hand" }));
  });
});

describe("an alarm's action on a Lambda function", () => {
  const lambda = useClient(new LambdaClient(target.clientConfig()));
  const iam = useClient(new IAMClient(target.clientConfig()));
  const logs = useClient(new CloudWatchLogsClient(target.clientConfig()));
  const FunctionName = "on-alarm";

  it("invokes it with the alarm's data, if its policy lets CloudWatch do so", async () => {
    const zip = new AdmZip();
    zip.addFile("index.mjs", Buffer.from("export const handler = (event) => console.log(JSON.stringify(event));"));
    const policy = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: "on-alarm",
        AssumeRolePolicyDocument: policy({
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com" },
          Action: "sts:AssumeRole",
        }),
      }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: "on-alarm",
        PolicyName: "logs",
        PolicyDocument: policy({ Effect: "Allow", Action: "logs:*", Resource: "*" }),
      }),
    );
    const { FunctionArn = "" } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: Role?.Arn,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Code: { ZipFile: zip.toBuffer() },
      }),
    );
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
    await lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: "alarms",
        Action: "lambda:InvokeFunction",
        Principal: "lambda.alarms.cloudwatch.amazonaws.com",
        SourceAccount: "000000000000",
        SourceArn: `${ARN}invoking`,
      }),
    );
    await putAlarm("invoking", { AlarmActions: [FunctionArn] });
    await setState("invoking", "ALARM");
    const event = await eventually("the function has said what it was given", async () => {
      const found = await logs
        .send(
          new FilterLogEventsCommand({
            logGroupName: `/aws/lambda/${FunctionName}`,
            filterPattern: '"aws.cloudwatch"',
          }),
        )
        .catch(() => ({ events: [] }));
      return found.events?.[0]?.message;
    });
    // behind the time and the request id that console.log writes
    expect(JSON.parse(event.slice(event.indexOf("{")))).toMatchObject({
      source: "aws.cloudwatch",
      alarmArn: `${ARN}invoking`,
      accountId: "000000000000",
      region: "us-east-1",
      alarmData: {
        alarmName: "invoking",
        state: { value: "ALARM", reason: "by hand" },
        previousState: { value: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation" },
        configuration: {
          description: "too many",
          metrics: [
            {
              metricStat: {
                metric: { namespace: "invoking", name: "m", dimensions: { d: "1" } },
                period: 60,
                stat: "Sum",
              },
              returnData: true,
            },
          ],
        },
      },
    });
  }, 60_000);
});
