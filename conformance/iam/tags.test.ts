import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  QueryCommand,
  TagResourceCommand as TagTableCommand,
  UntagResourceCommand as UntagTableCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  TagRoleCommand,
  UntagRoleCommand,
} from "@aws-sdk/client-iam";
import { LambdaClient, TagResourceCommand as TagFunctionCommand } from "@aws-sdk/client-lambda";
import { CreateTopicCommand, SNSClient, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SQSClient, TagQueueCommand, UntagQueueCommand } from "@aws-sdk/client-sqs";
import { AddTagsToResourceCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { ACCOUNT, outcome, policyOf, RoleFixture, trustOf, uniqueName } from "./fixture.ts";
import type { TargetConfig } from "../target.ts";

const fixture = new RoleFixture();

type Tags = Readonly<Record<string, string>>;
const pairs = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${name}`;

/** What becomes of a request that sets (or removes) these tags. */
type Request = (config: TargetConfig, tags: Tags) => Promise<string>;

const by =
  (
    Client: new (config: never) => { send(command: never): Promise<unknown>; destroy(): void },
    command: (tags: Tags) => unknown,
  ): Request =>
  async (config, tags) => {
    const client = new Client(config as never);
    const result = await outcome(client.send(command(tags) as never));
    client.destroy();
    return result;
  };

const newTable = (TableName: string) => ({
  TableName,
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" as const }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" as const }],
  BillingMode: "PAY_PER_REQUEST" as const,
});

const SETTING: readonly [string, Request][] = [
  [
    "dynamodb:CreateTable",
    by(DynamoDBClient, (tags) => new CreateTableCommand({ ...newTable(uniqueName("t")), Tags: pairs(tags) })),
  ],
  [
    "dynamodb:TagResource",
    by(
      DynamoDBClient,
      (tags) => new TagTableCommand({ ResourceArn: arn("dynamodb", "table/none"), Tags: pairs(tags) }),
    ),
  ],
  ["sqs:CreateQueue", by(SQSClient, (tags) => new CreateQueueCommand({ QueueName: uniqueName("q"), tags }))],
  ["sqs:TagQueue", by(SQSClient, (Tags) => new TagQueueCommand({ QueueUrl: `http://x/${ACCOUNT}/q`, Tags }))],
  ["SNS:CreateTopic", by(SNSClient, (tags) => new CreateTopicCommand({ Name: uniqueName("t"), Tags: pairs(tags) }))],
  [
    "SNS:TagResource",
    by(SNSClient, (tags) => new TagResourceCommand({ ResourceArn: arn("sns", "t"), Tags: pairs(tags) })),
  ],
  [
    "ssm:PutParameter",
    by(
      SSMClient,
      (tags) => new PutParameterCommand({ Name: uniqueName("p"), Value: "v", Type: "String", Tags: pairs(tags) }),
    ),
  ],
  [
    "ssm:AddTagsToResource",
    by(
      SSMClient,
      (tags) => new AddTagsToResourceCommand({ ResourceType: "Parameter", ResourceId: "p", Tags: pairs(tags) }),
    ),
  ],
  [
    "iam:CreateRole",
    by(
      IAMClient,
      (tags) =>
        new CreateRoleCommand({
          RoleName: uniqueName("r"),
          AssumeRolePolicyDocument: trustOf("lambda.amazonaws.com"),
          Tags: pairs(tags),
        }),
    ),
  ],
  [
    "iam:CreatePolicy",
    by(
      IAMClient,
      (tags) =>
        new CreatePolicyCommand({
          PolicyName: uniqueName("p"),
          PolicyDocument: policyOf({ Effect: "Allow", Action: "s3:*", Resource: "*" }),
          Tags: pairs(tags),
        }),
    ),
  ],
  ["iam:TagRole", by(IAMClient, (tags) => new TagRoleCommand({ RoleName: "r", Tags: pairs(tags) }))],
  [
    "lambda:TagResource",
    by(LambdaClient, (Tags) => new TagFunctionCommand({ Resource: arn("lambda", "function:f"), Tags })),
  ],
];

/** SQS has the names of its actions in lower case. */
const refusalOf = (action: string): RegExp => new RegExp(`not authorized to perform: ${action} on resource`, "i");

describe("aws:RequestTag and aws:TagKeys", () => {
  it.each(SETTING)("are what %s sets", async (action, request) => {
    const conditions = {
      StringEquals: { "aws:RequestTag/team": "blue" },
      "ForAllValues:StringEquals": { "aws:TagKeys": ["team", "stage"] },
    };
    const role = await fixture.role(uniqueName("tags"), [
      { Effect: "Allow", Action: "*", Resource: "*", Condition: conditions },
    ]);
    const config = await fixture.session(role);
    expect(await request(config, { team: "blue", stage: "test" })).toMatch(/^allowed/);
    expect(await request(config, { team: "red" })).toMatch(refusalOf(action));
    expect(await request(config, { team: "blue", owner: "ann" })).toMatch(refusalOf(action));
    expect(await request(config, { stage: "test" })).toMatch(refusalOf(action));
  });

  it.each<[string, Request]>([
    [
      "sqs:UntagQueue",
      by(SQSClient, (tags) => new UntagQueueCommand({ QueueUrl: `http://x/${ACCOUNT}/q`, TagKeys: Object.keys(tags) })),
    ],
    [
      "SNS:UntagResource",
      by(SNSClient, (tags) => new UntagResourceCommand({ ResourceArn: arn("sns", "t"), TagKeys: Object.keys(tags) })),
    ],
    [
      "dynamodb:UntagResource",
      by(
        DynamoDBClient,
        (tags) => new UntagTableCommand({ ResourceArn: arn("dynamodb", "table/none"), TagKeys: Object.keys(tags) }),
      ),
    ],
    ["iam:UntagRole", by(IAMClient, (tags) => new UntagRoleCommand({ RoleName: "r", TagKeys: Object.keys(tags) }))],
  ])("are what %s takes away", async (action, request) => {
    const role = await fixture.role(uniqueName("untags"), [
      {
        Effect: "Allow",
        Action: "*",
        Resource: "*",
        Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": "stage" } },
      },
    ]);
    const config = await fixture.session(role);
    expect(await request(config, { stage: "" })).toMatch(/^allowed/);
    expect(await request(config, { stage: "", team: "" })).toMatch(refusalOf(action));
  });
});

it("who makes a table with tags may set tags, also with a list of none", async () => {
  const role = await fixture.role(uniqueName("tables"), [
    { Effect: "Allow", Action: "dynamodb:CreateTable", Resource: "*" },
  ]);
  const client = new DynamoDBClient(await fixture.session(role));
  const create = (tags: Tags | undefined) =>
    outcome(client.send(new CreateTableCommand({ ...newTable(uniqueName("t")), ...(tags && { Tags: pairs(tags) }) })));
  expect(await create(undefined)).toMatch(/^allowed/);
  expect(await create({})).toMatch(refusalOf("dynamodb:TagResource"));
  expect(await create({ team: "blue" })).toMatch(refusalOf("dynamodb:TagResource"));
  client.destroy();
});

describe("aws:ResourceTag", () => {
  it("is what a table has, for its indexes too, and a stream of its own", async () => {
    const tables = new DynamoDBClient(fixture.target.clientConfig());
    const key = [{ AttributeName: "pk", KeyType: "HASH" as const }];
    const TableName = uniqueName("tagged");
    await tables.send(
      new CreateTableCommand({
        ...newTable(TableName),
        GlobalSecondaryIndexes: [{ IndexName: "index", KeySchema: key, Projection: { ProjectionType: "ALL" } }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
        Tags: pairs({ Team: "blue" }),
      }),
    );
    const { Table } = await tables.send(new DescribeTableCommand({ TableName }));
    const { TableArn: tableArn = "", LatestStreamArn: StreamArn = "" } = Table ?? {};
    const role = await fixture.role(uniqueName("resource-tags"), [
      { Effect: "Allow", Action: "*", Resource: "*", Condition: { StringEquals: { "aws:ResourceTag/team": "blue" } } },
    ]);
    const config = await fixture.session(role);
    const [client, streams] = [new DynamoDBClient(config), new DynamoDBStreamsClient(config)];
    const query = { TableName, KeyConditionExpression: "pk = :a", ExpressionAttributeValues: { ":a": { S: "a" } } };
    const outcomes = async () => [
      await outcome(client.send(new QueryCommand(query))),
      await outcome(client.send(new QueryCommand({ ...query, IndexName: "index" }))),
      await outcome(streams.send(new DescribeStreamCommand({ StreamArn }))),
      await outcome(client.send(new CreateTableCommand(newTable(uniqueName("untagged"))))),
    ];
    const allowed = expect.stringMatching(/^allowed/);
    const refused = expect.stringMatching(/not authorized to perform/);
    expect(await outcomes()).toEqual([allowed, allowed, refused, refused]);
    await tables.send(new TagTableCommand({ ResourceArn: StreamArn, Tags: pairs({ team: "blue" }) }));
    await tables.send(new UntagTableCommand({ ResourceArn: tableArn, TagKeys: ["Team"] }));
    expect(await outcomes()).toEqual([refused, refused, allowed, refused]);
    for (const each of [tables, client, streams]) each.destroy();
  });
});
