/** Proves PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy. */
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteResourcePolicyCommand,
  DeleteTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  GetResourcePolicyCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient, ListStreamsCommand } from "@aws-sdk/client-dynamodb-streams";
import { allRecords, latestStream } from "../dynamodb-streams/support.ts";
import { RoleFixture, uniqueName as uniqueRole, type Statement } from "../iam/fixture.ts";
import { eventually, useClient } from "../target.ts";
import { activeTable, attributes, createTable, describeTable, invalid, keys, refusal, uniqueName } from "./support.ts";

const roles = new RoleFixture();
const { target } = roles;
const client = useClient(new DynamoDBClient({ ...target.clientConfig(), maxAttempts: 1 }));
const streams = useClient(new DynamoDBStreamsClient({ ...target.clientConfig(), maxAttempts: 1 }));
const OTHER = "111122223333";
/** Root of another account. */
const other = useClient(
  new DynamoDBStreamsClient({
    ...target.clientConfig(),
    credentials: { accessKeyId: OTHER, secretAccessKey: "test" },
    maxAttempts: 1,
  }),
);

const arnOf = (table: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`;
const policyFor = (Resource: string, Action: string | string[], Principal: unknown = { AWS: OTHER }, more = {}) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action, Resource, ...more }] });
const put = (ResourceArn: string, Policy: string, more = {}) =>
  client.send(new PutResourcePolicyCommand({ ResourceArn, Policy, ...more }));
const get = (ResourceArn: string) => client.send(new GetResourcePolicyCommand({ ResourceArn }));
const remove = (ResourceArn: string, ExpectedRevisionId?: string) =>
  client.send(new DeleteResourcePolicyCommand({ ResourceArn, ExpectedRevisionId }));

async function active(definition: Parameters<typeof createTable>[1] = {}): Promise<string> {
  const table = await createTable(client, definition);
  const key = { pk: { S: "a" } };
  await eventually("the table is active", () =>
    client.send(new PutItemCommand({ TableName: table, Item: key })).then(
      () => true,
      () => undefined,
    ),
  );
  return table;
}

/** Settings of clients of a role that may do what the statements say. */
const asRole = async (...statements: Statement[]) => roles.session(await roles.role(uniqueRole("reader"), statements));

const streamed = () => active({ StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } });

describe("the policy of a table", () => {
  it("is kept to the letter, replaced by revisions and deleted", async () => {
    const arn = arnOf(await active());
    const none = `PolicyNotFoundException: Resource-based policy not found for the provided ResourceArn: `;
    expect(await refusal(get(arn))).toBe(none + arn);
    const document = policyFor(arn, "dynamodb:GetItem").replace("{", "{ ");
    const first = await put(arn, document);
    expect(await get(arn)).toMatchObject({ Policy: document, RevisionId: first.RevisionId });
    expect((await put(arn, document)).RevisionId).toBe(first.RevisionId);
    expect(await refusal(put(arn, document, { ExpectedRevisionId: "NO_POLICY" }))).toContain(
      "expecting none to be present",
    );
    expect(await refusal(put(arn, document, { ExpectedRevisionId: "1" }))).toContain(none);
    const next = policyFor(arn, "dynamodb:PutItem");
    const second = await put(arn, next, { ExpectedRevisionId: first.RevisionId });
    expect(second.RevisionId).not.toBe(first.RevisionId);
    expect(await refusal(remove(arn, first.RevisionId))).toContain(none);
    expect((await remove(arn, second.RevisionId)).RevisionId).toBe(second.RevisionId);
    expect((await remove(arn)).RevisionId).toBeUndefined();
    expect(await refusal(get(arn))).toBe(none + arn);
  });

  it("can be given with the table, and goes with it", async () => {
    const TableName = uniqueName("policies");
    const arn = arnOf(TableName);
    const definition = {
      TableName,
      AttributeDefinitions: attributes({ pk: "S" }),
      KeySchema: keys("pk"),
      BillingMode: "PAY_PER_REQUEST",
    } as const;
    const ResourcePolicy = policyFor(arn, "dynamodb:GetItem");
    await client.send(new CreateTableCommand({ ...definition, ResourcePolicy }));
    expect((await get(arn)).Policy).toBe(ResourcePolicy);
    await client.send(new DeleteTableCommand({ TableName }));
    await eventually("the table is gone", async () =>
      (await refusal(get(arn)).catch(() => "")).startsWith("ResourceNotFoundException") ? true : undefined,
    );
    await client.send(new CreateTableCommand(definition));
    expect(await refusal(get(arn))).toContain("PolicyNotFoundException");
  });

  it("allows and denies what the policies of a role say nothing of", async () => {
    const table = await active();
    const role = new DynamoDBClient(await asRole());
    const item = () => role.send(new GetItemCommand({ TableName: table, Key: { pk: { S: "a" } } }));
    expect(await refusal(item())).toMatch(/not authorized to perform: dynamodb:GetItem/);
    await put(arnOf(table), policyFor(arnOf(table), "dynamodb:GetItem", "*"));
    expect((await item()).Item).toEqual({ pk: { S: "a" } });
    await put(arnOf(table), policyFor(arnOf(table), "dynamodb:*", "*", { Effect: "Deny" }), {
      ConfirmRemoveSelfResourceAccess: true,
    });
    expect(await refusal(item())).toMatch(/with an explicit deny in a resource-based policy/);
    role.destroy();
  });

  it.each<[string, (arn: string) => string, (arn: string) => string]>([
    ["no JSON", () => "{", () => "Invalid policy document: This policy contains invalid Json"],
    [
      "no statement",
      () => JSON.stringify({ Statement: [] }),
      () => "Invalid policy document: Could not parse the policy: Statement is empty!",
    ],
    [
      "an action of another service",
      (arn) => policyFor(arn, "s3:GetObject"),
      () => "Invalid policy document: The following action names are invalid: s3:GetObject",
    ],
    [
      "another table",
      (arn) => policyFor(`${arn}x`, "dynamodb:GetItem"),
      (arn) => `Invalid policy document: The resource ${arn}x is not ${arn}, nor an index of it`,
    ],
    [
      "an operator that there is none of",
      (arn) => policyFor(arn, "dynamodb:GetItem", undefined, { Condition: { ArnEqual: { a: "b" } } }),
      () => "Invalid policy document: Syntax errors in policy.",
    ],
    [
      "too many bytes",
      (arn) => policyFor(arn, "dynamodb:GetItem", "*", { Sid: "x".repeat(20_480) }),
      () => "Maximum policy size of 20480 bytes exceeded",
    ],
  ])("is refused with %s", async (_what, policy, message) => {
    const arn = arnOf(await active());
    expect(await refusal(put(arn, policy(arn)))).toBe(invalid(message(arn)));
  });

  it("is asked of resources that there are", async () => {
    const table = await active();
    expect(await refusal(get("none"))).toBe(invalid("ARNs must start with 'arn:': none"));
    expect(await refusal(get("arn:aws:s3:::bucket"))).toBe(
      invalid("Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::bucket"),
    );
    const index = `${arnOf(table)}/index/i`;
    expect(await refusal(get(index))).toBe(
      invalid(`Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${index}`),
    );
    expect(await refusal(get(arnOf("no-such-table")))).toBe(
      "ResourceNotFoundException: Requested resource not found: Table: no-such-table not found",
    );
    expect(await refusal(get(`${arnOf(table)}/stream/x`))).toBe(
      `ResourceNotFoundException: Requested resource not found: Stream: x not found for Table: ${table}`,
    );
    expect(await refusal(get(arnOf(table).replace("000000000000", OTHER)))).toContain("AccessDeniedException");
  });
});

describe("the policy of a table, across accounts", () => {
  const credentials = { accessKeyId: OTHER, secretAccessKey: "test" };
  /** Root of another account, who calls. */
  const caller = useClient(new DynamoDBClient({ ...target.clientConfig(), credentials, maxAttempts: 1 }));
  const Key = { pk: { S: "a" } };
  const byColor = {
    AttributeDefinitions: attributes({ pk: "S", color: "S" }),
    GlobalSecondaryIndexes: [
      { IndexName: "by-color", KeySchema: keys("color"), Projection: { ProjectionType: "ALL" as const } },
    ],
  };
  /** A table of the default account, with one item, and what the other account may do with it. */
  async function shared(Action: string | string[], more: { index?: true; Condition?: object } = {}): Promise<string> {
    const arn = arnOf(await active(more.index ? byColor : {}));
    const { Condition } = more;
    await put(
      arn,
      policyFor(arn, Action, undefined, Condition && { Condition }).replace(`"${arn}"`, `["${arn}","${arn}/index/*"]`),
    );
    return arn;
  }
  /** A table of the caller's own account, of the same name as the other one. */
  async function own(arn: string): Promise<string> {
    const TableName = arn.slice(arn.indexOf("/") + 1);
    await createTable(caller, { TableName });
    await activeTable(caller, TableName);
    return TableName;
  }

  it("lets items be read and written by the table's ARN, with its indexes, and nothing that it does not name", async () => {
    const operations = ["GetItem", "PutItem", "UpdateItem", "Query", "Scan"];
    const arn = await shared(
      operations.map((name) => `dynamodb:${name}`),
      { index: true },
    );
    const TableName = arn;
    await caller.send(new PutItemCommand({ TableName, Item: { pk: { S: "b" }, color: { S: "red" } } }));
    const { ConsumedCapacity } = await caller.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: "SET n = :n",
        ExpressionAttributeValues: { ":n": { N: "1" } },
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
    expect(ConsumedCapacity?.TableName).toBe(arn);
    const read = (of: DynamoDBClient, name: string) => of.send(new GetItemCommand({ TableName: name, Key }));
    expect((await read(caller, arn)).Item).toEqual({ ...Key, n: { N: "1" } });
    expect(await read(client, arn.slice(arn.indexOf("/") + 1))).toMatchObject({ Item: { n: { N: "1" } } });
    const { Items } = await caller.send(
      new QueryCommand({
        TableName,
        IndexName: "by-color",
        KeyConditionExpression: "color = :c",
        ExpressionAttributeValues: { ":c": { S: "red" } },
      }),
    );
    expect(Items).toMatchObject([{ pk: { S: "b" } }]);
    expect((await caller.send(new ScanCommand({ TableName }))).Count).toBe(2);
    expect(await refusal(caller.send(new DeleteItemCommand({ TableName, Key })))).toBe(
      `AccessDeniedException: User: arn:aws:iam::${OTHER}:root is not authorized to perform: dynamodb:DeleteItem on resource: ` +
        `${arn} because no resource-based policy allows the dynamodb:DeleteItem action`,
    );
    // a name is one of the caller's own tables
    expect(await refusal(read(caller, arn.slice(arn.indexOf("/") + 1)))).toContain("ResourceNotFoundException");
  });

  it("refuses an ARN whose table's policy does not name the caller, whether there is such a table or not", async () => {
    for (const arn of [arnOf(await active()), arnOf(uniqueName("absent"))]) {
      expect(await refusal(caller.send(new GetItemCommand({ TableName: arn, Key })))).toContain(
        "no resource-based policy allows the dynamodb:GetItem action",
      );
    }
  });

  it("needs the policies of the caller's own role as well", async () => {
    const TableName = uniqueName("theirs");
    await createTable(caller, { TableName });
    const theirs = arnOf(TableName).replace("000000000000", OTHER);
    await eventually("the policy is set", () =>
      caller
        .send(
          new PutResourcePolicyCommand({
            ResourceArn: theirs,
            Policy: policyFor(theirs, "dynamodb:GetItem", { AWS: "000000000000" }),
          }),
        )
        .catch(() => undefined),
    );
    const read = new GetItemCommand({ TableName: theirs, Key });
    const without = new DynamoDBClient(await asRole());
    expect(await refusal(without.send(read))).toMatch(/no identity-based policy allows the dynamodb:GetItem action/);
    const allowed = new DynamoDBClient(await asRole({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: theirs }));
    expect((await allowed.send(read)).Item).toBeUndefined();
    without.destroy();
    allowed.destroy();
  });

  it("serves batches whose tables are of several accounts, each as its policy says", async () => {
    const arn = await shared(["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]);
    const name = await own(arn);
    const puts = (pk: string) => [{ PutRequest: { Item: { pk: { S: pk } } } }];
    await caller.send(new BatchWriteItemCommand({ RequestItems: { [arn]: puts("b"), [name]: puts("mine") } }));
    const Keys = ["a", "b", "mine"].map((pk) => ({ pk: { S: pk } }));
    const { Responses } = await caller.send(
      new BatchGetItemCommand({ RequestItems: { [arn]: { Keys }, [name]: { Keys } } }),
    );
    expect(Responses?.[arn]?.map(({ pk }) => pk?.S).toSorted()).toEqual(["a", "b"]);
    expect(Responses?.[name]?.map(({ pk }) => pk?.S)).toEqual(["mine"]);
    const twice = { [name]: puts("x"), [arnOf(name).replace("000000000000", OTHER)]: puts("x") };
    expect(await refusal(caller.send(new BatchWriteItemCommand({ RequestItems: twice })))).toContain("duplicates");
    const foreign = arnOf(await active());
    const refused = caller.send(new BatchGetItemCommand({ RequestItems: { [arn]: { Keys }, [foreign]: { Keys } } }));
    expect(await refusal(refused)).toContain(`dynamodb:BatchGetItem on resource: ${foreign}`);
  });

  it("serves transactions of one account's tables, and of no more", async () => {
    const arn = await shared(["dynamodb:PutItem", "dynamodb:GetItem"]);
    const Item = { pk: { S: "t" } };
    const Put = { TableName: arn, Item };
    await caller.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }));
    const gets = (names: string[]) =>
      caller.send(
        new TransactGetItemsCommand({ TransactItems: names.map((TableName) => ({ Get: { TableName, Key: Item } })) }),
      );
    expect((await gets([arn])).Responses).toEqual([{ Item }]);
    const name = await own(arn);
    const mixed = "ValidationException: The tables of a transaction cannot be of more than one account";
    for (const names of [
      [arn, name],
      [name, arn],
    ]) {
      expect(await refusal(gets(names))).toBe(mixed);
      const TransactItems = names.map((TableName) => ({ Put: { TableName, Item } }));
      expect(await refusal(caller.send(new TransactWriteItemsCommand({ TransactItems })))).toBe(mixed);
    }
  });

  it("asks conditions of what the table's keys are", async () => {
    const Condition = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["a"] } };
    const arn = await shared(["dynamodb:GetItem", "dynamodb:BatchGetItem"], { Condition });
    const read = (pk: AttributeValue) => caller.send(new GetItemCommand({ TableName: arn, Key: { pk } }));
    expect((await read({ S: "a" })).Item).toEqual(Key);
    for (const pk of [{ S: "b" }, { M: { a: { S: "a" } } }, { SS: ["a"] }]) {
      expect(await refusal(read(pk))).toContain("AccessDeniedException");
    }
    const batch = (pk: string) =>
      caller.send(new BatchGetItemCommand({ RequestItems: { [arn]: { Keys: [{ pk: { S: pk } }] } } }));
    expect((await batch("a")).Responses?.[arn]).toEqual([Key]);
    expect(await refusal(batch("b"))).toContain("AccessDeniedException");
  });

  it("asks conditions of numbers that are keys, however they are written", async () => {
    const TableName = arnOf(await createTable(client, { AttributeDefinitions: attributes({ pk: "N" }) }));
    const Condition = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["1"] } };
    await put(TableName, policyFor(TableName, "dynamodb:GetItem", undefined, { Condition }));
    const read = (pk: string) => caller.send(new GetItemCommand({ TableName, Key: { pk: { N: pk } } }));
    expect((await read("1.0")).Item).toBeUndefined();
    expect(await refusal(read("2"))).toContain("AccessDeniedException");
  });

  it("lets the table be described, tagged, changed and deleted, and none of its settings be seen", async () => {
    const arn = await shared("dynamodb:*");
    expect((await describeTable(caller, arn))?.TableArn).toBe(arn);
    await caller.send(new TagResourceCommand({ ResourceArn: arn, Tags: [{ Key: "by", Value: "other" }] }));
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: arn }));
    expect(Tags).toEqual([{ Key: "by", Value: "other" }]);
    await caller.send(new UpdateTableCommand({ TableName: arn, TableClass: "STANDARD_INFREQUENT_ACCESS" }));
    expect(await refusal(caller.send(new DescribeTimeToLiveCommand({ TableName: arn })))).toContain(
      "ResourceNotFoundException",
    );
    const statement = new ExecuteStatementCommand({ Statement: `SELECT * FROM "${arn}"` });
    expect(await refusal(caller.send(statement))).toContain("ResourceNotFoundException");
    expect(await refusal(caller.send(new GetResourcePolicyCommand({ ResourceArn: arn })))).toBe(
      "ValidationException: This action is only supported by accounts that match the resource owner’s account.",
    );
    await eventually("the table is deleted", () =>
      caller.send(new DeleteTableCommand({ TableName: arn })).catch((error: Error) => {
        if (error.name !== "ResourceInUseException") throw error;
      }),
    );
  });

  it("is counted with the table, by its name", async () => {
    const arn = await shared("dynamodb:BatchGetItem");
    await caller.send(new BatchGetItemCommand({ RequestItems: { [arn]: { Keys: [Key] } } }));
    const cloudwatch = new CloudWatchClient(target.clientConfig());
    const units = await eventually("the units are counted", async () => {
      const { Datapoints } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/DynamoDB",
          MetricName: "ConsumedReadCapacityUnits",
          Dimensions: [{ Name: "TableName", Value: arn.slice(arn.indexOf("/") + 1) }],
          StartTime: new Date(Date.now() - 600_000),
          EndTime: new Date(Date.now() + 600_000),
          Period: 3600,
          Statistics: ["Sum"],
        }),
      );
      return Datapoints?.[0]?.Sum;
    });
    expect(units).toBe(0.5);
    cloudwatch.destroy();
  });
});

describe("the policy of a stream", () => {
  it("lets another account read it, and nothing else", async () => {
    const arn = await latestStream(client, await streamed());
    expect(await refusal(allRecords(other, arn))).toMatch(/not authorized to perform: dynamodb:DescribeStream/);
    await put(arn, policyFor(arn, ["dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords"]));
    expect((await allRecords(other, arn)).map(({ eventName }) => eventName)).toEqual(["INSERT"]);
    await put(arn, policyFor(arn, ["dynamodb:DescribeStream", "dynamodb:GetShardIterator"]));
    expect(await refusal(allRecords(other, arn))).toMatch(/not authorized to perform: dynamodb:GetRecords/);
  });

  it("is its own: that of its table says nothing of it", async () => {
    const table = await streamed();
    const arn = await latestStream(client, table);
    await put(arnOf(table), policyFor(arnOf(table), "dynamodb:DescribeStream"));
    expect(await refusal(other.send(new DescribeStreamCommand({ StreamArn: arn })))).toMatch(/not authorized/);
    expect(await refusal(get(arn))).toContain("PolicyNotFoundException");
  });
});

describe("a role that reads streams", () => {
  it("needs each action on the stream, and ListStreams on the streams of the table", async () => {
    const table = await streamed();
    const arn = await latestStream(client, table);
    const actions = ["dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords"];
    for (const missing of actions) {
      const granted = actions.filter((action) => action !== missing);
      const role = new DynamoDBStreamsClient(await asRole({ Effect: "Allow", Action: granted, Resource: arn }));
      expect(await refusal(allRecords(role, arn))).toContain(
        `is not authorized to perform: ${missing} on resource: ${arn}`,
      );
      role.destroy();
    }
    const role = new DynamoDBStreamsClient(
      await asRole(
        { Effect: "Allow", Action: actions, Resource: arn },
        { Effect: "Allow", Action: "dynamodb:ListStreams", Resource: `${arnOf(table)}/stream/*` },
      ),
    );
    expect(await allRecords(role, arn)).toEqual(await allRecords(streams, arn));
    const { Streams } = await role.send(new ListStreamsCommand({ TableName: table }));
    expect(Streams?.map(({ StreamArn }) => StreamArn)).toEqual([arn]);
    expect(await refusal(role.send(new ListStreamsCommand({})))).toContain("dynamodb:ListStreams");
    role.destroy();
  });
});
