import {
  CreateTableCommand,
  DeleteResourcePolicyCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  GetResourcePolicyCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient, ListStreamsCommand } from "@aws-sdk/client-dynamodb-streams";
import { allRecords, latestStream } from "../dynamodb-streams/support.ts";
import { RoleFixture, uniqueName as uniqueRole, type Statement } from "../iam/fixture.ts";
import { eventually, useClient } from "../target.ts";
import { attributes, createTable, invalid, keys, refusal, uniqueName } from "./support.ts";

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
