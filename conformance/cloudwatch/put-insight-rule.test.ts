/** Proves PutInsightRule, EnableInsightRules, DisableInsightRules and DeleteInsightRules. */
import {
  CloudWatchClient,
  DeleteInsightRulesCommand,
  DescribeInsightRulesCommand,
  DisableInsightRulesCommand,
  EnableInsightRulesCommand,
  GetInsightRuleReportCommand,
  ListTagsForResourceCommand,
  PutInsightRuleCommand,
  TagResourceCommand,
  type PutInsightRuleCommandInput,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { refusal, useClient, useTarget } from "../target.ts";
import { logRule } from "./log-rule.ts";

const MINUTE_MS = 60_000;

const target = useTarget({ manualClock: true });
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));
const logs = useClient(new CloudWatchLogsClient(target.clientConfig()));

let made = 0;
const uniqueName = (what: string) => `${what}-${process.pid}-${++made}`;

async function logGroup(): Promise<string> {
  const logGroupName = uniqueName("group");
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: "s" }));
  return logGroupName;
}

/** Objects are put as JSON. */
const log = (logGroupName: string, ...events: readonly (object | string)[]) =>
  logs.send(
    new PutLogEventsCommand({
      logGroupName,
      logStreamName: "s",
      logEvents: events.map((event) => ({
        timestamp: target.clock.now(),
        message: typeof event === "string" ? event : JSON.stringify(event),
      })),
    }),
  );

async function putRule(rule: object, given: Partial<PutInsightRuleCommandInput> = {}): Promise<string> {
  const RuleName = given.RuleName ?? uniqueName("rule");
  await cloudwatch.send(new PutInsightRuleCommand({ RuleDefinition: JSON.stringify(rule), ...given, RuleName }));
  return RuleName;
}

const report = (RuleName: string) =>
  cloudwatch.send(
    new GetInsightRuleReportCommand({
      RuleName,
      StartTime: new Date(target.clock.now() - 5 * MINUTE_MS),
      EndTime: new Date(target.clock.now() + MINUTE_MS),
      Period: 60,
      MaxContributorCount: 100,
    }),
  );

async function counted(RuleName: string): Promise<Record<string, number | undefined>> {
  const { Contributors = [] } = await report(RuleName);
  return Object.fromEntries(
    Contributors.map(({ Keys = [], ApproximateAggregateValue }) => [Keys.join(" "), ApproximateAggregateValue]),
  );
}

describe("PutInsightRule", () => {
  describe("validation", () => {
    const keys = { Keys: ["$.ip"] };
    const filter = (Filters: object[]) => logRule("g", { ...keys, Filters });
    const five = ["$.a", "$.b", "$.c", "$.d", "$.e"];
    it.each<[string, object, string]>([
      ["another schema", { ...logRule("g", keys), Schema: { Name: "CloudWatchLogRule", Version: 2 } }, "Schema"],
      ["no log groups", { ...logRule("g", keys), LogGroupNames: [] }, "LogGroupNames"],
      ["a * that is not at the end", logRule("a*b", keys), "LogGroupNames"],
      ["another format", logRule("g", keys, { LogFormat: "XML" }), "LogFormat"],
      ["no keys", logRule("g", { Keys: [] }), "Keys"],
      ["five keys", logRule("g", { Keys: five }), "Keys"],
      ["a key that is no field of JSON", logRule("g", { Keys: ["ip"] }), '"ip"'],
      ["a place that is none of CLF", logRule("g", { Keys: ["0"] }, { LogFormat: "CLF" }), '"0"'],
      ["a sum of nothing", logRule("g", keys, { AggregateOn: "Sum" }), "ValueOf"],
      ["a value that is not summed", logRule("g", { ...keys, ValueOf: "$.n" }), "ValueOf"],
      ["another aggregate", logRule("g", keys, { AggregateOn: "Average" }), "AggregateOn"],
      ["an unknown member", logRule("g", keys, { LogGroups: [] }), "LogGroups"],
      ["five filters", filter(five.map((Match) => ({ Match, IsPresent: true }))), "Filters"],
      ["a filter without an operator", filter([{ Match: "$.a" }]), "A filter"],
      ["a filter with two", filter([{ Match: "$.a", In: ["x"], EqualTo: 1 }]), "A filter"],
      ["eleven values", filter([{ Match: "$.a", In: Array.from({ length: 11 }, String) }]), "In"],
      ["a text as a number", filter([{ Match: "$.a", GreaterThan: "1" }]), "GreaterThan"],
    ])("refuses %s", async (_what, rule, word) => {
      const error = await refusal(putRule(rule));
      expect(error).toContain("InvalidParameterValue");
      expect(error).toContain(word);
    });

    it("refuses log groups of other accounts, and states that there are not", async () => {
      const { LogGroupNames: _none, ...others } = logRule("g", keys);
      expect(await refusal(putRule({ ...others, LogGroupARNs: ["arn:aws:logs:*:*:log-group/g"] }))).toContain(
        "LogGroupARNs",
      );
      expect(await refusal(putRule(logRule("g", keys), { RuleState: "PAUSED" }))).toContain("RuleState");
    });
  });

  describe("behaviour", () => {
    it("counts the events of a log group by their keys, from when it is put", async () => {
      const group = await logGroup();
      await log(group, { ip: "early" });
      const rule = await putRule(logRule(group, { Keys: ["$.ip", "$.request.paths[0]"] }));
      await log(
        group,
        { ip: "1.1.1.1", request: { paths: ["/a", "/b"] } },
        { ip: "1.1.1.1", request: { paths: ["/a"] } },
        { ip: "2.2.2.2", request: { paths: [7] } },
        { ip: "no path" },
        { ip: { not: "a leaf" }, request: { paths: ["/a"] } },
        "no JSON",
      );
      expect(await counted(rule)).toEqual({ "1.1.1.1 /a": 2, "2.2.2.2 7": 1 });
      expect(await report(rule)).toMatchObject({
        KeyLabels: ["$.ip", "$.request.paths[0]"],
        AggregationStatistic: "Count",
        AggregateValue: 3,
        ApproximateUniqueCount: 2,
      });
    });

    it("sums a field, of all log groups that begin with a name", async () => {
      const group = await logGroup();
      const start = group.slice(0, -1);
      const contribution = { Keys: ["$.ip"], ValueOf: "$.bytes" };
      const rule = await putRule(logRule(`${start}*`, contribution, { AggregateOn: "Sum" }));
      await log(group, { ip: "a", bytes: 10 }, { ip: "a", bytes: "2.5" }, { ip: "a", bytes: "many" }, { ip: "b" });
      expect(await counted(rule)).toEqual({ a: 12.5 });
      expect((await report(rule)).AggregationStatistic).toBe("Sum");
    });

    it.each<[string, object, string[]]>([
      ["In", { Match: "$.method", In: ["PUT", "POST"] }, ["1", "2"]],
      ["NotIn", { Match: "$.method", NotIn: ["PUT", "POST"] }, ["3"]],
      ["StartsWith", { Match: "$.method", StartsWith: ["P", "X"] }, ["1", "2"]],
      ["GreaterThan", { Match: "$.status", GreaterThan: 200 }, ["2", "3"]],
      ["LessThan", { Match: "$.status", LessThan: 404 }, ["1", "4"]],
      ["EqualTo", { Match: "$.status", EqualTo: 404 }, ["2"]],
      ["NotEqualTo", { Match: "$.status", NotEqualTo: 404 }, ["1", "3", "4"]],
      ["IsPresent", { Match: "$.method", IsPresent: false }, ["4"]],
    ])("narrows the events by %s", async (_operator, filter, found) => {
      const group = await logGroup();
      const rule = await putRule(logRule(group, { Keys: ["$.id"], Filters: [filter] }));
      await log(
        group,
        { id: 1, method: "PUT", status: 200 },
        { id: 2, method: "POST", status: 404 },
        { id: 3, method: "GET", status: "500" },
        { id: 4, status: 100 },
      );
      expect(Object.keys(await counted(rule)).toSorted()).toEqual(found);
    });

    it("takes all of its filters together", async () => {
      const group = await logGroup();
      const Filters = [
        { Match: "$.a", EqualTo: 1 },
        { Match: "$.b", EqualTo: 1 },
      ];
      const rule = await putRule(logRule(group, { Keys: ["$.id"], Filters }));
      await log(group, { id: 1, a: 1, b: 1 }, { id: 2, a: 1, b: 2 }, { id: 3, b: 1 });
      expect(await counted(rule)).toEqual({ 1: 1 });
    });

    it("reads the Common Log Format by places and by the names of places", async () => {
      const group = await logGroup();
      const rule = await putRule(
        logRule(
          group,
          { Keys: ["Address", "5"], ValueOf: "Bytes", Filters: [{ Match: "Status", EqualTo: 200 }] },
          { LogFormat: "CLF", Fields: { 1: "Address", 6: "Status", 7: "Bytes" }, AggregateOn: "Sum" },
        ),
      );
      const line = (address: string, status: number, bytes: number | "-") =>
        `${address} - frank [10/Oct/2000:13:55:36 -0700] "GET /a b HTTP/1.0" ${status} ${bytes}`;
      await log(
        group,
        line("1.1.1.1", 200, 100),
        line("1.1.1.1", 200, 50),
        line("1.1.1.1", 404, 9),
        line("2", 200, "-"),
      );
      expect(await counted(rule)).toEqual({ "1.1.1.1 GET /a b HTTP/1.0": 150 });
    });

    it("reads a long event that never closes its brackets", async () => {
      const group = await logGroup();
      const fields = 500_000;
      const rule = await putRule(
        logRule(group, { Keys: ["1", "2", "3", `${fields + 3}`] }, { LogFormat: "CLF", AggregateOn: "Count" }),
      );
      const line = `[a b] "c \\" d" ${"[ ".repeat(fields)}"e`;
      await log(group, line);
      expect(await counted(rule)).toEqual({ 'a b c \\" d [ "e': 1 });
    });

    it("cuts keys to the length of a metric's dimension", async () => {
      const group = await logGroup();
      const rule = await putRule(logRule(group, { Keys: ["$.ip"] }));
      await log(group, { ip: "a".repeat(1023) }, { ip: "a".repeat(1025) }, { ip: "a".repeat(2000) });
      expect(await counted(rule)).toEqual({ ["a".repeat(1023)]: 1, ["a".repeat(1024)]: 2 });
    });

    it("forgets what another definition has counted, and keeps it where the definition is the same", async () => {
      const group = await logGroup();
      const first = logRule(group, { Keys: ["$.a"] });
      const RuleName = await putRule(first);
      await log(group, { a: 1, b: 2 });
      await putRule(first, { RuleName });
      expect(await counted(RuleName)).toEqual({ 1: 1 });
      await putRule(logRule(group, { Keys: ["$.b"] }), { RuleName });
      expect(await counted(RuleName)).toEqual({});
      await log(group, { a: 1, b: 2 });
      expect(await counted(RuleName)).toEqual({ 2: 1 });
    });

    it("is shown, and has tags", async () => {
      const rule = logRule("absent", { Keys: ["$.a"] });
      const RuleName = await putRule(rule, { RuleState: "DISABLED", Tags: [{ Key: "team", Value: "blue" }] });
      const { InsightRules = [] } = await cloudwatch.send(new DescribeInsightRulesCommand({}));
      expect(InsightRules.find(({ Name }) => Name === RuleName)).toEqual({
        Name: RuleName,
        State: "DISABLED",
        Schema: '{"Name": "CloudWatchLogRule", "Version": 1}',
        Definition: JSON.stringify(rule),
        ManagedRule: false,
      });
      const ResourceARN = `arn:aws:cloudwatch:us-east-1:000000000000:insight-rule/${RuleName}`;
      await cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: "side", Value: "left" }] }));
      const { Tags } = await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }));
      expect(Tags).toEqual([
        { Key: "team", Value: "blue" },
        { Key: "side", Value: "left" },
      ]);
    });
  });
});

describe("DisableInsightRules and EnableInsightRules", () => {
  it("have a rule look at no events, and at events again", async () => {
    const group = await logGroup();
    const rule = await putRule(logRule(group, { Keys: ["$.id"] }));
    await log(group, { id: 1 });
    const disabled = await cloudwatch.send(new DisableInsightRulesCommand({ RuleNames: [rule, "absent"] }));
    expect(disabled.Failures).toMatchObject([
      { FailureResource: "absent", ExceptionType: "ResourceNotFoundException" },
    ]);
    await log(group, { id: 2 });
    expect((await cloudwatch.send(new EnableInsightRulesCommand({ RuleNames: [rule] }))).Failures).toEqual([]);
    await log(group, { id: 3 });
    expect(await counted(rule)).toEqual({ 1: 1, 3: 1 });
  });
});

describe("DeleteInsightRules", () => {
  it("deletes rules with what they have counted", async () => {
    const group = await logGroup();
    const RuleName = await putRule(logRule(group, { Keys: ["$.id"] }));
    await log(group, { id: 1 });
    const deleted = await cloudwatch.send(new DeleteInsightRulesCommand({ RuleNames: [RuleName, "absent"] }));
    expect(deleted.Failures).toMatchObject([{ FailureResource: "absent" }]);
    expect(await refusal(report(RuleName))).toContain("ResourceNotFound");
    await putRule(logRule(group, { Keys: ["$.id"] }), { RuleName });
    expect(await counted(RuleName)).toEqual({});
  });
});
