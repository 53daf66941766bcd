/** Proves UpdateContributorInsights, DescribeContributorInsights and ListContributorInsights, and what is counted. */
import {
  CloudWatchClient,
  DescribeInsightRulesCommand,
  GetInsightRuleReportCommand,
  PutInsightRuleCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContributorInsightsCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  ListContributorInsightsCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateContributorInsightsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  type ContributorInsightsMode,
} from "@aws-sdk/client-dynamodb";
import type { ClientConfig } from "../../emulator/index.ts";
import { logRule } from "../cloudwatch/log-rule.ts";
import { inSession, useDataDirectory } from "../data-directory.ts";
import { useClient } from "../target.ts";
import {
  attributes,
  createSorted,
  createTable,
  globalIndex,
  keys,
  refusal,
  uniqueName,
  useDynamoDb,
} from "./support.ts";

const { target, client } = useDynamoDb({ manualClock: true, dynamodbLimits: "on" });
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));

const MINUTE_MS = 60_000;
const ACCESSED = "ACCESSED_AND_THROTTLED_KEYS";

const update = (
  TableName: string,
  ContributorInsightsAction: "ENABLE" | "DISABLE",
  more: { IndexName?: string; ContributorInsightsMode?: ContributorInsightsMode } = {},
) => client.send(new UpdateContributorInsightsCommand({ TableName, ContributorInsightsAction, ...more }));

/** What is under way is done. */
const settle = () => target.clock.advance(0);

async function enable(TableName: string, more: Parameters<typeof update>[2] = {}): Promise<void> {
  await update(TableName, "ENABLE", more);
  await settle();
}

/** A table with a sort key that is there. */
async function sorted(definition: Parameters<typeof createSorted>[1] = {}): Promise<string> {
  const name = await createSorted(client, definition);
  await settle();
  return name;
}

async function describeInsights(TableName: string, IndexName?: string) {
  const { $metadata: _none, ...described } = await client.send(
    new DescribeContributorInsightsCommand({ TableName, ...(IndexName && { IndexName }) }),
  );
  return described;
}

const list = async (TableName: string, more: object = {}) =>
  client.send(new ListContributorInsightsCommand({ TableName, ...more }));

/** The rules that CloudWatch has of a table. */
async function rulesOf(name: string): Promise<string[]> {
  const { InsightRules = [] } = await cloudwatch.send(new DescribeInsightRulesCommand({}));
  return InsightRules.map(({ Name = "" }) => Name).filter((rule) => rule.includes(`-${name}-`));
}

/** What the rule of a kind (PKC, ...) says of the present minute: values by keys. */
async function counted(name: string, kind: string, index = name): Promise<Record<string, number | undefined>> {
  const RuleName = (await rulesOf(index)).find((rule) => rule.includes(`-${kind}-${index}-1`) && rule.includes(name));
  if (RuleName === undefined) throw new Error(`no rule ${kind} of ${index}`);
  const now = target.clock.now();
  const StartTime = new Date(now - (now % MINUTE_MS));
  const EndTime = new Date(StartTime.getTime() + MINUTE_MS);
  const { Contributors = [] } = await cloudwatch.send(
    new GetInsightRuleReportCommand({ RuleName, StartTime, EndTime, Period: 60, MaxContributorCount: 25 }),
  );
  return Object.fromEntries(
    Contributors.map(({ Keys = [], ApproximateAggregateValue }) => [Keys.join("/"), ApproximateAggregateValue]),
  );
}

/** A new minute, so that nothing of another test is in it. */
const newMinute = () => target.clock.advance(MINUTE_MS - (target.clock.now() % MINUTE_MS));

const key = (pk: string, sk?: string) => ({ pk: { S: pk }, ...(sk !== undefined && { sk: { S: sk } }) });
const indexed = {
  AttributeDefinitions: attributes({ pk: "S", sk: "S", color: "S" }),
  GlobalSecondaryIndexes: [globalIndex("by-color", "color", "sk"), globalIndex("by-sk", "sk")],
};

describe("UpdateContributorInsights", () => {
  describe("validation", () => {
    it("needs a table, and a global index that the table has", async () => {
      expect(await refusal(update("absent", "ENABLE"))).toBe(
        "ResourceNotFoundException: Requested resource not found: Table: absent not found",
      );
      const name = await sorted({
        AttributeDefinitions: attributes({ pk: "S", sk: "S", other: "S" }),
        LocalSecondaryIndexes: [
          { IndexName: "local", KeySchema: keys("pk", "other"), Projection: { ProjectionType: "ALL" } },
        ],
      });
      for (const IndexName of ["local", "absent"]) {
        const noIndex = `ResourceNotFoundException: Requested resource not found: Index: ${IndexName} not found for table: ${name}`;
        expect(await refusal(update(name, "ENABLE", { IndexName }))).toBe(noIndex);
        expect(await refusal(describeInsights(name, IndexName))).toBe(noIndex);
      }
      expect(await refusal(list("absent"))).toContain("ResourceNotFoundException");
    });
  });

  describe("behaviour", () => {
    it("makes four rules where there is a sort key, two where there is none, and tells them by name", async () => {
      const name = await sorted(indexed);
      const since = target.clock.now();
      const { $metadata: _none, ...answer } = await update(name, "ENABLE");
      expect(answer).toEqual({
        TableName: name,
        ContributorInsightsStatus: "ENABLING",
        ContributorInsightsMode: ACCESSED,
      });
      expect(await describeInsights(name)).toEqual({ ...answer, LastUpdateDateTime: new Date(since) });
      expect((await list(name)).ContributorInsightsSummaries).toEqual([answer]);
      await settle();
      await enable(name, { IndexName: "by-sk" });
      const rules = ["PKC", "PKT", "SKC", "SKT"].map((kind) => `DynamoDBContributorInsights-${kind}-${name}-${since}`);
      expect(await describeInsights(name)).toEqual({
        TableName: name,
        ContributorInsightsStatus: "ENABLED",
        ContributorInsightsMode: ACCESSED,
        ContributorInsightsRuleList: rules,
        LastUpdateDateTime: new Date(since),
      });
      const { ContributorInsightsRuleList, ...ofIndex } = await describeInsights(name, "by-sk");
      expect(ofIndex).toMatchObject({ IndexName: "by-sk", ContributorInsightsStatus: "ENABLED" });
      expect(ContributorInsightsRuleList).toEqual([
        expect.stringMatching(`^DynamoDBContributorInsights-PKC-${name}-by-sk-\\d{13}$`),
        expect.stringMatching(`^DynamoDBContributorInsights-PKT-${name}-by-sk-\\d{13}$`),
      ]);
      expect(await rulesOf(name)).toEqual([...rules, ...(ContributorInsightsRuleList ?? [])].toSorted());
      expect(await describeInsights(name, "by-color")).toEqual({
        TableName: name,
        IndexName: "by-color",
        ContributorInsightsStatus: "DISABLED",
      });
    });

    it("keeps the rules of throttled keys, by their names, when the mode is changed", async () => {
      const name = await sorted();
      await enable(name);
      const before = (await describeInsights(name)).ContributorInsightsRuleList ?? [];
      await target.clock.advance(5_000);
      const same = await update(name, "ENABLE");
      expect(same.ContributorInsightsStatus).toBe("ENABLED");
      const changed = await update(name, "ENABLE", { ContributorInsightsMode: "THROTTLED_KEYS" });
      expect(changed).toMatchObject({
        ContributorInsightsStatus: "ENABLING",
        ContributorInsightsMode: "THROTTLED_KEYS",
      });
      await settle();
      expect(await describeInsights(name)).toMatchObject({
        ContributorInsightsMode: "THROTTLED_KEYS",
        ContributorInsightsRuleList: before.filter((rule) => /-.KT-/.test(rule)),
      });
      await enable(name);
      expect(await describeInsights(name)).toMatchObject({
        ContributorInsightsMode: ACCESSED,
        ContributorInsightsRuleList: before,
      });
    });

    it("takes the rules away when it is disabled, and gives others the next time", async () => {
      const name = await createTable(client);
      await settle();
      expect((await update(name, "DISABLE")).ContributorInsightsStatus).toBe("DISABLED");
      await enable(name);
      const first = await rulesOf(name);
      expect((await update(name, "DISABLE")).ContributorInsightsStatus).toBe("DISABLING");
      expect(await list(name)).toMatchObject({
        ContributorInsightsSummaries: [{ ContributorInsightsStatus: "DISABLING" }],
      });
      await settle();
      const at = new Date(target.clock.now());
      expect(await describeInsights(name)).toEqual({
        TableName: name,
        ContributorInsightsStatus: "DISABLED",
        ContributorInsightsMode: ACCESSED,
        LastUpdateDateTime: at,
      });
      expect(await rulesOf(name)).toEqual([]);
      await target.clock.advance(1_000);
      await enable(name);
      const second = await rulesOf(name);
      expect(second).toHaveLength(2);
      expect(first).not.toEqual(expect.arrayContaining(second));
    });

    it("goes with the index and with the table", async () => {
      const name = await sorted(indexed);
      await enable(name);
      await enable(name, { IndexName: "by-sk" });
      const Delete = { IndexName: "by-sk" };
      await client.send(new UpdateTableCommand({ TableName: name, GlobalSecondaryIndexUpdates: [{ Delete }] }));
      await settle();
      expect(await refusal(describeInsights(name, "by-sk"))).toContain("Index: by-sk not found");
      expect(await rulesOf(name)).toHaveLength(4);
      await client.send(new DeleteTableCommand({ TableName: name }));
      await settle();
      expect(await refusal(describeInsights(name))).toContain(`Table: ${name} not found`);
      expect(await rulesOf(name)).toEqual([]);
    });

    it("fails where a region has a hundred rules, until it is asked for again", async () => {
      // in a region of its own
      const region = { ...target.clientConfig(), region: "eu-west-3" };
      const [there, thereToo] = [new DynamoDBClient(region), new CloudWatchClient(region)];
      try {
        const names: string[] = [];
        for (let i = 0; i < 26; i++) names.push(await createSorted(there));
        await settle();
        const change = async (TableName: string | undefined, ContributorInsightsAction: "ENABLE" | "DISABLE") => {
          await there.send(new UpdateContributorInsightsCommand({ TableName, ContributorInsightsAction }));
          await settle();
        };
        for (const name of names) await change(name, "ENABLE");
        const last = names.at(-1) ?? "";
        const describeLast = async () => there.send(new DescribeContributorInsightsCommand({ TableName: last }));
        const failed = await describeLast();
        expect(failed).toMatchObject({
          ContributorInsightsStatus: "FAILED",
          FailureException: {
            ExceptionName: "LimitExceededException",
            ExceptionDescription: expect.stringContaining("rule limit reached"),
          },
        });
        expect(failed).not.toHaveProperty("ContributorInsightsRuleList");
        const RuleDefinition = JSON.stringify(logRule("group", { Keys: ["$.ip"] }));
        expect(await refusal(thereToo.send(new PutInsightRuleCommand({ RuleName: "own", RuleDefinition })))).toContain(
          "LimitExceededException",
        );
        await change(names[0], "DISABLE");
        expect((await describeLast()).ContributorInsightsStatus).toBe("FAILED");
        await change(last, "ENABLE");
        const settled = await describeLast();
        expect(settled.ContributorInsightsStatus).toBe("ENABLED");
        expect(settled).not.toHaveProperty("FailureException");
      } finally {
        there.destroy();
        thereToo.destroy();
      }
    });
  });
});

describe("ListContributorInsights", () => {
  it("lists what is not off, the table before its indexes, by pages", async () => {
    const name = await sorted(indexed);
    expect((await list(name)).ContributorInsightsSummaries).toEqual([]);
    await enable(name, { IndexName: "by-sk" });
    await enable(name, { ContributorInsightsMode: "THROTTLED_KEYS" });
    const first = await list(name, { MaxResults: 1 });
    expect(first.ContributorInsightsSummaries).toEqual([
      { TableName: name, ContributorInsightsStatus: "ENABLED", ContributorInsightsMode: "THROTTLED_KEYS" },
    ]);
    const second = await list(name, { MaxResults: 1, NextToken: first.NextToken });
    expect(second.ContributorInsightsSummaries).toEqual([
      {
        TableName: name,
        IndexName: "by-sk",
        ContributorInsightsStatus: "ENABLED",
        ContributorInsightsMode: ACCESSED,
      },
    ]);
    expect(second.NextToken).toBeUndefined();
    await update(name, "DISABLE");
    await settle();
    expect((await list(name)).ContributorInsightsSummaries).toMatchObject([{ IndexName: "by-sk" }]);
    const all = await client.send(new ListContributorInsightsCommand({}));
    expect(all.ContributorInsightsSummaries).toEqual(
      expect.arrayContaining([expect.objectContaining({ TableName: name })]),
    );
    expect(await refusal(list(name, { MaxResults: 101 }))).toContain("less than or equal to 100");
  });
});

describe("contributor insights of a table", () => {
  it("count what each key consumes: three for a write unit, one for a read unit", async () => {
    const name = await sorted();
    await enable(name);
    await newMinute();
    await client.send(new PutItemCommand({ TableName: name, Item: key("a", "1") }));
    await client.send(new UpdateItemCommand({ TableName: name, Key: key("a", "2") }));
    await client.send(new GetItemCommand({ TableName: name, Key: key("a", "1"), ConsistentRead: true }));
    await client.send(new GetItemCommand({ TableName: name, Key: key("b", "1") }));
    await client.send(new DeleteItemCommand({ TableName: name, Key: key("absent", "1") }));
    expect(await counted(name, "PKC")).toEqual({ a: 7, b: 0.5, absent: 3 });
    expect(await counted(name, "SKC")).toEqual({ "a/1": 4, "a/2": 3, "b/1": 0.5, "absent/1": 3 });
    expect(await counted(name, "PKT")).toEqual({});
  });

  it("count batches and transactions by their items, with double units in transactions", async () => {
    const name = await sorted();
    await enable(name);
    await newMinute();
    const puts = ["1", "2"].map((sk) => ({ PutRequest: { Item: key("a", sk) } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: puts } }));
    await client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys: [key("a", "1"), key("b", "1")] } } }));
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: name, Item: key("c", "1") } },
          {
            ConditionCheck: { TableName: name, Key: key("d", "1"), ConditionExpression: "attribute_not_exists(pk)" },
          },
        ],
      }),
    );
    await client.send(
      new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: name, Key: key("e", "1") } }] }),
    );
    expect(await counted(name, "SKC")).toEqual({
      "a/1": 3.5,
      "a/2": 3,
      "b/1": 0.5,
      "c/1": 6,
      "d/1": 6,
      "e/1": 2,
    });
  });

  it("count a query for its partition only, and a scan for each item by its size", async () => {
    const name = await sorted();
    for (const sk of ["1", "2"]) await client.send(new PutItemCommand({ TableName: name, Item: key("a", sk) }));
    await client.send(new PutItemCommand({ TableName: name, Item: key("b", "1") }));
    await enable(name);
    await newMinute();
    await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: "a" } },
        ConsistentRead: true,
      }),
    );
    expect(await counted(name, "PKC")).toEqual({ a: 1 });
    expect(await counted(name, "SKC")).toEqual({});
    await newMinute();
    await client.send(new ScanCommand({ TableName: name, ConsistentRead: true }));
    const byItem = await counted(name, "SKC");
    expect(Object.keys(byItem).toSorted()).toEqual(["a/1", "a/2", "b/1"]);
    expect(byItem["a/1"]).toBeCloseTo(1 / 3);
  });

  it("count the changes and reads of an index by the keys of the index", async () => {
    const name = await sorted(indexed);
    await enable(name, { IndexName: "by-color" });
    await newMinute();
    const put = (color: string) =>
      client.send(new PutItemCommand({ TableName: name, Item: { ...key("a", "1"), color: { S: color } } }));
    await put("red");
    await put("blue");
    await client.send(new PutItemCommand({ TableName: name, Item: key("colorless", "1") }));
    await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: "by-color",
        KeyConditionExpression: "color = :color",
        ExpressionAttributeValues: { ":color": { S: "blue" } },
      }),
    );
    const index = `${name}-by-color`;
    // the entry moved from red to blue: a unit in each place
    expect(await counted(name, "PKC", index)).toEqual({ red: 6, blue: 3.5 });
    expect(await counted(name, "SKC", index)).toEqual({ "red/1": 6, "blue/1": 3 });
  });

  it("tell a key of several attributes with commas between its values", async () => {
    const name = await sorted({
      AttributeDefinitions: attributes({ pk: "S", sk: "S", volume: "N" }),
      GlobalSecondaryIndexes: [
        {
          IndexName: "both",
          KeySchema: [...keys("volume"), ...keys("pk")],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    });
    await enable(name, { IndexName: "both" });
    await newMinute();
    await client.send(new PutItemCommand({ TableName: name, Item: { ...key("a", "1"), volume: { N: "7" } } }));
    await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: "both",
        KeyConditionExpression: "volume = :volume AND pk = :pk",
        ExpressionAttributeValues: { ":volume": { N: "7" }, ":pk": { S: "a" } },
      }),
    );
    expect(await counted(name, "PKC", `${name}-both`)).toEqual({ "7,a": 3.5 });
  });

  it("count how often a key is throttled, but nothing else in the mode of throttled keys", async () => {
    const units = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    const name = await sorted({ ProvisionedThroughput: units });
    await enable(name, { ContributorInsightsMode: "THROTTLED_KEYS" });
    await newMinute();
    const put = (pk: string) => client.send(new PutItemCommand({ TableName: name, Item: key(pk, "1") }));
    for (let served = 0; served < 400; served++) {
      if ((await put("cold").catch(() => undefined)) === undefined) break;
    }
    expect(await refusal(put("hot"))).toContain("ProvisionedThroughputExceededException");
    expect(await refusal(put("hot"))).toContain("ProvisionedThroughputExceededException");
    expect(await counted(name, "PKT")).toEqual({ hot: 2, cold: 1 });
    expect(await counted(name, "SKT")).toEqual({ "hot/1": 2, "cold/1": 1 });
    expect((await rulesOf(name)).filter((rule) => /-.KC-/.test(rule))).toEqual([]);
  });

  it("do not see requests of PartiQL, as AWS documents", async () => {
    const name = await sorted();
    await enable(name);
    await newMinute();
    await client.send(new ExecuteStatementCommand({ Statement: `INSERT INTO "${name}" VALUE {'pk': 'a', 'sk': '1'}` }));
    await client.send(new ExecuteStatementCommand({ Statement: `SELECT * FROM "${name}" WHERE pk = 'a'` }));
    expect(await counted(name, "PKC")).toEqual({});
  });

  describe("after a restart", () => {
    const directory = useDataDirectory();

    it("are on, and their counts known", async () => {
      const TableName = uniqueName("kept");
      const on = { dataDirectory: directory() };
      const dynamodb = (config: ClientConfig) => new DynamoDBClient(config);
      const RuleName = await inSession(on, dynamodb, async (first) => {
        await createTable(first, { TableName });
        await first.send(new UpdateContributorInsightsCommand({ TableName, ContributorInsightsAction: "ENABLE" }));
        await first.send(new PutItemCommand({ TableName, Item: key("a") }));
        const described = await first.send(new DescribeContributorInsightsCommand({ TableName }));
        return described.ContributorInsightsRuleList?.[0];
      });
      const now = Date.now();
      const report = await inSession(
        on,
        (config) => new CloudWatchClient(config),
        (second) =>
          second.send(
            new GetInsightRuleReportCommand({
              RuleName,
              StartTime: new Date(now - 10 * MINUTE_MS),
              EndTime: new Date(now + MINUTE_MS),
              Period: 60,
            }),
          ),
      );
      expect(report.Contributors).toMatchObject([{ Keys: ["a"], ApproximateAggregateValue: 3 }]);
    });
  });
});
