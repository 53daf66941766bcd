import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type PutMetricAlarmCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { useClient, useTarget } from "../target.ts";

const MINUTE_MS = 60_000;

const target = useTarget({ manualClock: true });
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));

const ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:";

const putAlarm = (AlarmName: string, given: Partial<PutMetricAlarmCommandInput> = {}) =>
  cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: AlarmName,
      MetricName: "m",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: "GreaterThanThreshold",
      ...given,
    }),
  );

const put = (Namespace: string, ...values: number[]) =>
  cloudwatch.send(
    new PutMetricDataCommand({ Namespace, MetricData: values.map((Value) => ({ MetricName: "m", Value })) }),
  );

const describeOne = async (name: string) =>
  (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms?.[0];

const compositeOne = async (name: string) =>
  (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ["CompositeAlarm"] })))
    .CompositeAlarms?.[0];

/** Half a minute past the minute, so that what is put now is whole at the next minute. */
async function toMidMinute(): Promise<void> {
  const past = target.clock.now() % MINUTE_MS;
  await target.clock.advance((90_000 - past) % MINUTE_MS);
}

const setState = (AlarmName: string, StateValue: "OK" | "ALARM" | "INSUFFICIENT_DATA", StateReason = "by hand") =>
  cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));

beforeEach(toMidMinute);

describe("PutMetricAlarm", () => {
  describe("behaviour", () => {
    it("goes to ALARM and back by the clock, with CloudWatch's reasons", async () => {
      await putAlarm("single", { TreatMissingData: "notBreaching" });
      expect(await describeOne("single")).toMatchObject({
        AlarmArn: `${ARN}single`,
        StateValue: "INSUFFICIENT_DATA",
        StateReason: "Unchecked: Initial alarm creation",
        ActionsEnabled: true,
        Dimensions: [],
      });
      await put("single", 20, 1.5);
      const at = target.clock.now() - 30_000;
      await target.clock.advance(MINUTE_MS);
      const alarm = await describeOne("single");
      const iso = new Date(at).toISOString();
      const short = `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
      expect(alarm).toMatchObject({
        StateValue: "ALARM",
        StateReason: `Threshold Crossed: 1 datapoint [21.5 (${short})] was greater than the threshold (2.0).`,
      });
      expect(JSON.parse(alarm?.StateReasonData ?? "")).toMatchObject({
        version: "1.0",
        startDate: iso.replace("Z", "+0000"),
        statistic: "Sum",
        period: 60,
        recentDatapoints: [21.5],
        threshold: 2,
        evaluatedDatapoints: [{ timestamp: iso.replace("Z", "+0000"), sampleCount: 2, value: 21.5 }],
      });
      await target.clock.advance(3 * MINUTE_MS);
      expect(await describeOne("single")).toMatchObject({
        StateValue: "OK",
        StateReason:
          "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
      });
    });

    /** X breaches, 0 does not, - is missing; the newest stands on the right. */
    const cases: [string, number, [string, string, string, string]][] = [
      ["0-X-X", 3, ["OK", "OK", "OK", "OK"]],
      ["0----", 3, ["OK", "OK", "OK", "OK"]],
      ["-----", 3, ["INSUFFICIENT_DATA", "retained", "ALARM", "OK"]],
      ["0XX-X", 3, ["ALARM", "ALARM", "ALARM", "ALARM"]],
      ["--X--", 3, ["ALARM", "retained", "ALARM", "OK"]],
      ["0-X-X", 2, ["ALARM", "ALARM", "ALARM", "ALARM"]],
      ["00X0X", 2, ["ALARM", "ALARM", "ALARM", "ALARM"]],
      ["0-X--", 2, ["OK", "OK", "ALARM", "OK"]],
      ["----0", 2, ["OK", "OK", "ALARM", "OK"]],
      ["---X-", 2, ["ALARM", "retained", "ALARM", "OK"]],
    ];
    it.each(cases)(
      "evaluates %s with %i of 3 to alarm as AWS's table of missing data says",
      async (points, needed, states) => {
        const namespace = `missing ${points} ${needed}`;
        const treatments = ["missing", "ignore", "breaching", "notBreaching"];
        for (const [index, point] of [...points].entries()) {
          if (point === "-") continue;
          const Timestamp = new Date(target.clock.now() - (4 - index) * MINUTE_MS);
          const MetricData = [{ MetricName: "m", Value: point === "X" ? 9 : 0, Timestamp }];
          await cloudwatch.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }));
        }
        for (const TreatMissingData of treatments) {
          const name = `${namespace} ${TreatMissingData}`;
          await putAlarm(name, {
            Namespace: namespace,
            EvaluationPeriods: 3,
            DatapointsToAlarm: needed,
            TreatMissingData,
          });
        }
        const before = states.map((state) => (state === "INSUFFICIENT_DATA" ? "OK" : "INSUFFICIENT_DATA"));
        await Promise.all(treatments.map((each, index) => setState(`${namespace} ${each}`, before[index] as "OK")));
        await target.clock.advance(30_000);
        const found = await Promise.all(treatments.map((each) => describeOne(`${namespace} ${each}`)));
        expect(found.map((alarm) => alarm?.StateValue)).toEqual(
          states.map((state, index) => (state === "retained" ? before[index] : state)),
        );
        await cloudwatch.send(
          new DeleteAlarmsCommand({ AlarmNames: treatments.map((each) => `${namespace} ${each}`) }),
        );
      },
    );

    it("names how many datapoints a transition takes when DatapointsToAlarm is given", async () => {
      await putAlarm("m-of-n", { EvaluationPeriods: 2, DatapointsToAlarm: 1 });
      await put("m-of-n", 1);
      await target.clock.advance(MINUTE_MS);
      await put("m-of-n", 5);
      await target.clock.advance(MINUTE_MS);
      expect((await describeOne("m-of-n"))?.StateReason).toMatch(
        /^Threshold Crossed: 1 out of the last 2 datapoints \[5\.0 \(.{17}\)\] was greater than the threshold \(2\.0\) \(minimum 1 datapoint for OK -> ALARM transition\)\.$/,
      );
    });

    it("names the transition between OK and ALARM when the state was unknown, and always several datapoints", async () => {
      await putAlarm("1-of-1", { EvaluationPeriods: 1, DatapointsToAlarm: 1, TreatMissingData: "ignore" });
      await put("1-of-1", 5);
      await target.clock.advance(MINUTE_MS);
      expect((await describeOne("1-of-1"))?.StateReason).toMatch(
        /^Threshold Crossed: 1 out of the last 1 datapoints \[5\.0 \(.{17}\)\] was greater than the threshold \(2\.0\) \(minimum 1 datapoint for OK -> ALARM transition\)\.$/,
      );
      await setState("1-of-1", "INSUFFICIENT_DATA");
      await put("1-of-1", 0);
      await target.clock.advance(MINUTE_MS);
      expect((await describeOne("1-of-1"))?.StateReason).toMatch(
        /^Threshold Crossed: 1 out of the last 1 datapoints \[0\.0 \(.{17}\)\] was not greater than the threshold \(2\.0\) \(minimum 1 datapoint for ALARM -> OK transition\)\.$/,
      );
    });

    it("writes the numbers of StateReasonData as doubles", async () => {
      await putAlarm("doubles", { TreatMissingData: "ignore" });
      await put("doubles", 5);
      await target.clock.advance(MINUTE_MS);
      const text = (await describeOne("doubles"))?.StateReasonData ?? "";
      expect(text).toContain('"recentDatapoints":[5.0],"threshold":2.0,');
      expect(text).toContain('"sampleCount":1.0,"value":5.0}]');
    });

    it("watches a math expression", async () => {
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName: "rate",
          EvaluationPeriods: 1,
          Threshold: 50,
          ComparisonOperator: "GreaterThanOrEqualToThreshold",
          Metrics: [
            { Id: "e", Expression: "100 * bad / all", Label: "errors in per cent" },
            ...["bad", "all"].map((Id) => ({
              Id,
              ReturnData: false,
              MetricStat: { Metric: { Namespace: "rate", MetricName: Id }, Period: 60, Stat: "Sum" },
            })),
          ],
        }),
      );
      await cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: "rate",
          MetricData: [
            { MetricName: "bad", Value: 3 },
            { MetricName: "all", Value: 4 },
          ],
        }),
      );
      await target.clock.advance(MINUTE_MS);
      const alarm = await describeOne("rate");
      expect(alarm).toMatchObject({ StateValue: "ALARM", StateReason: expect.stringContaining("[75.0 (") });
      expect(alarm?.Metrics?.map(({ Id, ReturnData }) => [Id, ReturnData])).toEqual([
        ["e", true],
        ["bad", false],
        ["all", false],
      ]);
    });

    it("has no data points where an expression divides by nothing", async () => {
      const stat = (MetricName: string) => ({
        Metric: { Namespace: "divided", MetricName },
        Period: 60,
        Stat: "Sum",
      });
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName: "divided",
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: "GreaterThanOrEqualToThreshold",
          TreatMissingData: "breaching",
          Metrics: [
            { Id: "e", Expression: "m * (SUM(m) / SUM(none))" },
            { Id: "m", ReturnData: false, MetricStat: stat("m") },
            { Id: "none", ReturnData: false, MetricStat: stat("none") },
          ],
        }),
      );
      await put("divided", 5);
      // an alarm whose name comes after it is evaluated as well
      await putAlarm("divided-after");
      await put("divided-after", 5);
      await target.clock.advance(MINUTE_MS);
      expect(await describeOne("divided")).toMatchObject({
        StateValue: "ALARM",
        StateReason: expect.stringContaining("no datapoints were received"),
      });
      expect(await describeOne("divided-after")).toMatchObject({ StateValue: "ALARM" });
    });

    it("evaluates an alarm of ten seconds every ten seconds", async () => {
      await putAlarm("fast", { Period: 10 });
      await cloudwatch.send(
        new PutMetricDataCommand({
          Namespace: "fast",
          MetricData: [{ MetricName: "m", Value: 9, StorageResolution: 1 }],
        }),
      );
      await target.clock.advance(10_000);
      expect(await describeOne("fast")).toMatchObject({ StateValue: "ALARM" });
      await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ["fast"] }));
    });

    it("keeps the state when the settings change", async () => {
      await putAlarm("changed");
      await setState("changed", "ALARM");
      await putAlarm("changed", { Threshold: 7 });
      expect(await describeOne("changed")).toMatchObject({ StateValue: "ALARM", Threshold: 7 });
    });
  });

  describe("validation", () => {
    it.each<[string, Partial<PutMetricAlarmCommandInput>, string]>([
      ["a period of 45 seconds", { Period: 45 }, "Metric alarm period must be 10, 20, 30 or a multiple of 60 seconds."],
      [
        "more than a day",
        { Period: 300, EvaluationPeriods: 300 },
        "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
      ],
      [
        "both kinds of statistic",
        { ExtendedStatistic: "p90" },
        "The parameters ExtendedStatistic and Statistic are mutually exclusive and you have specified both.",
      ],
      ["an action that is no ARN", { AlarmActions: ["topic"] }, "Invalid arn syntax: topic"],
      [
        "an unknown treatment of missing data",
        { TreatMissingData: "zero" },
        "Invalid option zero for parameter TreatMissingData. Valid options: [breaching, notBreaching, ignore, missing].",
      ],
      [
        "more datapoints than periods",
        { DatapointsToAlarm: 2 },
        "DatapointsToAlarm must be less than or equal to EvaluationPeriods.",
      ],
    ])("refuses %s", async (_what, given, message) => {
      await expect(putAlarm("refused", given)).rejects.toMatchObject({ name: "ValidationException", message });
      expect(await describeOne("refused")).toBeUndefined();
    });

    it.each([
      ["a name that there is not", "m1 / m3"],
      ["a number", "SUM(m1)"],
      ["several time series", "METRICS()"],
      ["a circle", "f * 2"],
      ["arguments of the wrong kind", "FILL(m1)"],
    ])("refuses an expression that is %s", async (_what, Expression) => {
      const queries = ["m1", "m2"].map((Id) => ({
        Id,
        ReturnData: false,
        MetricStat: { Metric: { Namespace: "refused", MetricName: Id }, Period: 60, Stat: "Sum" },
      }));
      const given = {
        AlarmName: "refused",
        EvaluationPeriods: 1,
        Threshold: 50,
        ComparisonOperator: "GreaterThanThreshold" as const,
        Metrics: [{ Id: "e", Expression }, { Id: "f", Expression: "e + 1", ReturnData: false }, ...queries],
      };
      await expect(cloudwatch.send(new PutMetricAlarmCommand({ ...given }))).rejects.toMatchObject({
        name: "ValidationException",
      });
      expect(await describeOne("refused")).toBeUndefined();
    });

    it("refuses anomaly detection and other actions by name", async () => {
      await expect(putAlarm("refused", { ComparisonOperator: "GreaterThanUpperThreshold" })).rejects.toMatchObject({
        name: "NotImplemented",
        message: "ComparisonOperator GreaterThanUpperThreshold is not supported by Headwater.",
      });
      const action = "arn:aws:automate:us-east-1:ec2:stop";
      await expect(putAlarm("refused", { AlarmActions: [action] })).rejects.toMatchObject({
        message: `The alarm action ${action} is not supported by Headwater.`,
      });
    });
  });
});

describe("SetAlarmState", () => {
  it("lasts until the alarm is evaluated again", async () => {
    await putAlarm("by-hand", { TreatMissingData: "notBreaching" });
    await setState("by-hand", "ALARM");
    expect(await describeOne("by-hand")).toMatchObject({ StateValue: "ALARM", StateReason: "by hand" });
    await target.clock.advance(MINUTE_MS);
    expect(await describeOne("by-hand")).toMatchObject({ StateValue: "OK" });
  });

  it("refuses an alarm that is not there, and a state that there is not", async () => {
    await expect(setState("nobody", "OK")).rejects.toMatchObject({ name: "ResourceNotFound" });
    await expect(setState("nobody", "BAD" as "OK")).rejects.toMatchObject({
      message:
        "1 validation error detected: Value 'BAD' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [OK, ALARM, INSUFFICIENT_DATA]",
    });
  });
});

describe("DescribeAlarmHistory", () => {
  it("tells of configurations and states, newest first", async () => {
    await putAlarm("told");
    await target.clock.advance(1_000);
    await setState("told", "OK");
    await target.clock.advance(1_000);
    await putAlarm("told", { Threshold: 3 });
    const history = await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName: "told" }));
    expect(history.AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm "told" updated',
      "Alarm updated from INSUFFICIENT_DATA to OK",
      'Alarm "told" created',
    ]);
    expect(JSON.parse(history.AlarmHistoryItems?.[1]?.HistoryData ?? "")).toEqual({
      version: "1.0",
      oldState: { stateValue: "INSUFFICIENT_DATA", stateReason: "Unchecked: Initial alarm creation" },
      newState: { stateValue: "OK", stateReason: "by hand" },
    });
    const states = await cloudwatch.send(
      new DescribeAlarmHistoryCommand({
        AlarmName: "told",
        HistoryItemType: "StateUpdate",
        ScanBy: "TimestampAscending",
      }),
    );
    expect(states.AlarmHistoryItems).toHaveLength(1);
  });

  it("answers each item once over pages, also when more happens in between", async () => {
    await putAlarm("busy");
    // all in one millisecond
    const reasons = ["1", "2", "3", "4"];
    for (const [index, reason] of reasons.entries()) await setState("busy", index % 2 ? "OK" : "ALARM", reason);
    for (const ScanBy of ["TimestampDescending", "TimestampAscending"] as const) {
      const seen: unknown[] = [];
      let NextToken: string | undefined;
      do {
        const page = await cloudwatch.send(
          new DescribeAlarmHistoryCommand({
            AlarmName: "busy",
            HistoryItemType: "StateUpdate",
            MaxRecords: 1,
            ScanBy,
            NextToken,
          }),
        );
        for (const { HistoryData = "" } of page.AlarmHistoryItems ?? []) {
          seen.push((JSON.parse(HistoryData) as { newState: { stateReason: string } }).newState.stateReason);
        }
        NextToken = page.NextToken;
        await putAlarm("busy");
      } while (NextToken !== undefined);
      expect(seen).toEqual(ScanBy === "TimestampAscending" ? reasons : reasons.toReversed());
    }
    await expect(cloudwatch.send(new DescribeAlarmHistoryCommand({ NextToken: "bm8tdG9rZW4" }))).rejects.toMatchObject({
      name: "InvalidNextToken",
    });
  });
});

describe("PutCompositeAlarm", () => {
  const composite = (AlarmName: string, AlarmRule: string) =>
    cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule }));

  beforeAll(async () => {
    await putAlarm("child-a", { TreatMissingData: "ignore" });
    await putAlarm("child-b", { TreatMissingData: "ignore" });
  });

  it("follows the states of its children, over more than one step", async () => {
    await setState("child-a", "OK");
    await setState("child-b", "OK");
    await composite("both", `ALARM("child-a") AND ALARM(${ARN}child-b)`);
    await composite("above", 'ALARM(both) OR (NOT OK("child-a") AND FALSE)');
    expect(await compositeOne("both")).toMatchObject({
      StateValue: "OK",
      StateReason: `${ARN}both was created and its alarm rule evaluates to OK`,
    });
    await setState("child-a", "ALARM");
    expect((await compositeOne("both"))?.StateValue).toBe("OK");
    await setState("child-b", "ALARM");
    const both = await compositeOne("both");
    expect(both?.StateValue).toBe("ALARM");
    expect(both?.StateReason).toMatch(
      /^arn:aws:cloudwatch:us-east-1:000000000000:alarm:child-b transitioned to ALARM at \w+day \d\d \w+, \d{4} \d\d:\d\d:\d\d UTC$/,
    );
    expect(JSON.parse(both?.StateReasonData ?? "")).toMatchObject({
      triggeringAlarms: [{ arn: `${ARN}child-b`, state: { value: "ALARM" } }],
    });
    expect((await compositeOne("above"))?.StateValue).toBe("ALARM");
    const children = await cloudwatch.send(
      new DescribeAlarmsCommand({ ChildrenOfAlarmName: "both", AlarmTypes: ["MetricAlarm"] }),
    );
    expect(children.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(["child-a", "child-b"]);
  });

  it("follows another child once its rule names that one", async () => {
    for (const name of ["before", "after"]) await putAlarm(name);
    const putRule = (AlarmRule: string) =>
      cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: "moved", AlarmRule }));
    await putRule("ALARM(before)");
    await putRule("ALARM(after)");
    await setState("before", "ALARM");
    expect(await compositeOne("moved")).toMatchObject({ StateValue: "OK" });
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ["before"] }));
    await setState("after", "ALARM");
    expect(await compositeOne("moved")).toMatchObject({ StateValue: "ALARM" });
    const parents = await cloudwatch.send(new DescribeAlarmsCommand({ ParentsOfAlarmName: "after" }));
    expect(parents.CompositeAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(["moved"]);
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ["moved"] }));
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ["after"] }));
  });

  it("keeps its children from being deleted", async () => {
    await putAlarm("needed");
    await composite("needs", "ALARM(needed)");
    const remove = (...AlarmNames: string[]) => cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames }));
    await expect(remove("needed")).rejects.toMatchObject({
      message: "Cannot delete needed as there are composite alarm(s) depending on it.",
    });
    await remove("needs", "needed");
    expect(await describeOne("needed")).toBeUndefined();
  });

  it.each([
    ["ALARM(nobody)", "Could not save the composite alarm as alarms [nobody] in the alarm rule do not exist."],
    [" TRUE", "AlarmRule must not contain leading or trailing whitespace or be null"],
    ["ALARM(child-a) AND", expect.stringContaining("Invalid AlarmRule")],
    ["SOMETIMES(child-a)", expect.stringContaining("Invalid AlarmRule")],
  ])("refuses %s", async (rule, message) => {
    await expect(composite("refused", rule)).rejects.toMatchObject({ name: "ValidationException", message });
  });
});

describe("DescribeAlarms", () => {
  it("finds by prefix, state and page, and only metric alarms unless asked", async () => {
    for (const name of ["page-1", "page-2", "page-3"]) await putAlarm(name);
    await setState("page-2", "ALARM");
    const names = async (given: object) =>
      (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "page-", ...given }))).MetricAlarms?.map(
        ({ AlarmName }) => AlarmName,
      );
    expect(await names({})).toEqual(["page-1", "page-2", "page-3"]);
    expect(await names({ StateValue: "ALARM" })).toEqual(["page-2"]);
    const first = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "page-", MaxRecords: 2 }));
    expect(first.MetricAlarms).toHaveLength(2);
    expect(await names({ MaxRecords: 2, NextToken: first.NextToken })).toEqual(["page-3"]);
  });
});

describe("DescribeAlarmsForMetric", () => {
  it("finds the alarms on a metric by its dimensions and statistic", async () => {
    const Dimensions = [{ Name: "d", Value: "1" }];
    await putAlarm("for-1", { Namespace: "for", Dimensions });
    await putAlarm("for-2", { Namespace: "for" });
    const found = await cloudwatch.send(
      new DescribeAlarmsForMetricCommand({ Namespace: "for", MetricName: "m", Dimensions, Statistic: "Sum" }),
    );
    expect(found.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(["for-1"]);
  });
});

describe("TagResource", () => {
  it("tags an alarm", async () => {
    await putAlarm("tagged", { Tags: [{ Key: "a", Value: "1" }] });
    const ResourceARN = `${ARN}tagged`;
    await cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: "b", Value: "2" }] }));
    await cloudwatch.send(new UntagResourceCommand({ ResourceARN, TagKeys: ["a"] }));
    expect((await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([
      { Key: "b", Value: "2" },
    ]);
    await expect(
      cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: `${ARN}nobody` })),
    ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("DisableAlarmActions", () => {
  it("is told by DescribeAlarms, until they are enabled again", async () => {
    await putAlarm("quiet");
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ["quiet", "nobody"] }));
    expect((await describeOne("quiet"))?.ActionsEnabled).toBe(false);
    await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: ["quiet"] }));
    expect((await describeOne("quiet"))?.ActionsEnabled).toBe(true);
  });
});
