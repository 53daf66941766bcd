import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  ListStacksCommand,
  ValidateTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { AttachRolePolicyCommand, GetRoleCommand, IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import {
  CreateStreamCommand,
  DeregisterStreamConsumerCommand,
  DescribeStreamConsumerCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  ListStreamConsumersCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
} from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketEncryptionCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { useClient, type TargetConfig } from "../target.ts";
import { ACCOUNT, outcome, RoleFixture, roleArn, type Statement, uniqueName } from "./fixture.ts";

const fixture = new RoleFixture();
const root = {
  dynamodb: useClient(new DynamoDBClient(fixture.target.clientConfig())),
  kinesis: useClient(new KinesisClient(fixture.target.clientConfig())),
  s3: useClient(new S3Client({ ...fixture.target.clientConfig(), forcePathStyle: true })),
};
const AT = `us-east-1:${ACCOUNT}`;
let iterator = "";

beforeAll(async () => {
  await root.s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  await root.s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "there", Body: "x" }));
  await root.kinesis.send(new CreateStreamCommand({ StreamName: "stream", ShardCount: 1 }));
  await root.dynamodb.send(
    new CreateTableCommand({
      TableName: "table",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
      AttributeDefinitions: ["k", "l"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      GlobalSecondaryIndexes: [
        {
          IndexName: "by-two",
          KeySchema: ["k", "l"].map((AttributeName) => ({ AttributeName, KeyType: "HASH" })),
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  const at = { StreamName: "stream", ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" } as const;
  iterator = (await root.kinesis.send(new GetShardIteratorCommand(at))).ShardIterator ?? "";
});

type Call = (config: TargetConfig) => Promise<unknown>;
interface Client<C> {
  send(command: C): Promise<unknown>;
  destroy(): void;
}

/** A call by a client that is made for it. */
const by =
  <C>(Client: new (config: never) => Client<C>, command: () => unknown): Call =>
  async (config) => {
    const client = new Client(config as never);
    try {
      return await client.send(command() as C);
    } finally {
      client.destroy();
    }
  };
const s3 = (command: unknown): Call => by(S3Client, () => command);
const dynamodb = (command: unknown): Call => by(DynamoDBClient, () => command);
const kinesis = (command: unknown): Call => by(KinesisClient, () => command);
const lambda = (command: unknown): Call => by(LambdaClient, () => command);
const logs = (command: unknown): Call => by(CloudWatchLogsClient, () => command);
const iam = (command: unknown): Call => by(IAMClient, () => command);
const cloudformation = (command: unknown): Call => by(CloudFormationClient, () => command);

const REFUSED = /is not authorized to perform: (\S+)(?: on resource: "?(.+?)"?)? because no identity-based policy/;

/** Everything that a call needs: what it is refused for is allowed, one by one, until it goes through. */
async function needed(call: Call): Promise<string[]> {
  const name = await fixture.role(uniqueName("needing"));
  const config = await fixture.session(name);
  const found: [string, string][] = [];
  for (let tries = 0; tries < 10; tries++) {
    const [, action, resource = "*"] = REFUSED.exec(await outcome(call(config))) ?? [];
    if (action === undefined) return found.map((pair) => pair.join(" "));
    found.push([action, resource]);
    await fixture.permit(
      name,
      ...found.map(([Action, Resource]): Statement => ({ Effect: "Allow", Action, Resource })),
    );
  }
  throw new Error(`still refused with ${found.join(", ")}`);
}

const Body = "x";
const Item = { k: { S: "a" } };
const object = { Bucket: "bucket", Key: "key" };
const TABLE = `arn:aws:dynamodb:${AT}:table/`;
const OBJECT = "arn:aws:s3:::bucket/";

describe("S3", () => {
  it.each<[string, Call, string[]]>([
    ["ListBuckets", s3(new ListBucketsCommand({})), ["s3:ListAllMyBuckets *"]],
    ["PutObject", s3(new PutObjectCommand({ ...object, Body })), [`s3:PutObject ${OBJECT}key`]],
    [
      "PutObject with an ACL and tags",
      s3(new PutObjectCommand({ ...object, Body, ACL: "bucket-owner-full-control", Tagging: "a=1" })),
      [`s3:PutObject ${OBJECT}key`, `s3:PutObjectAcl ${OBJECT}key`, `s3:PutObjectTagging ${OBJECT}key`],
    ],
    ["GetObject", s3(new GetObjectCommand({ Bucket: "bucket", Key: "there" })), [`s3:GetObject ${OBJECT}there`]],
    [
      "GetObject of no object",
      s3(new GetObjectCommand({ Bucket: "bucket", Key: "none" })),
      [`s3:GetObject ${OBJECT}none`, "s3:ListBucket arn:aws:s3:::bucket"],
    ],
    [
      "GetObject of a version",
      s3(new GetObjectCommand({ Bucket: "bucket", Key: "there", VersionId: "null" })),
      [`s3:GetObjectVersion ${OBJECT}there`],
    ],
    ["ListObjectsV2", s3(new ListObjectsV2Command({ Bucket: "bucket" })), ["s3:ListBucket arn:aws:s3:::bucket"]],
    [
      "CopyObject",
      s3(new CopyObjectCommand({ ...object, CopySource: "bucket/there" })),
      [`s3:GetObject ${OBJECT}there`, `s3:PutObject ${OBJECT}key`],
    ],
    ["CreateMultipartUpload", s3(new CreateMultipartUploadCommand(object)), [`s3:PutObject ${OBJECT}key`]],
    ["DeleteObject", s3(new DeleteObjectCommand(object)), [`s3:DeleteObject ${OBJECT}key`]],
    [
      "PutObjectTagging",
      s3(new PutObjectTaggingCommand({ Bucket: "bucket", Key: "there", Tagging: { TagSet: [] } })),
      [`s3:PutObjectTagging ${OBJECT}there`],
    ],
    [
      "DeleteBucketEncryption",
      s3(new DeleteBucketEncryptionCommand({ Bucket: "bucket" })),
      ["s3:PutEncryptionConfiguration arn:aws:s3:::bucket"],
    ],
    ["CreateBucket", s3(new CreateBucketCommand({ Bucket: "made" })), ["s3:CreateBucket arn:aws:s3:::made"]],
  ])("%s", async (_operation, call, expected) => {
    expect(await needed(call)).toEqual(expected);
  });

  it("refuses a HEAD by its status alone", async () => {
    const client = new S3Client(await fixture.session(await fixture.role(uniqueName("head"))));
    for (const command of [
      new HeadObjectCommand({ Bucket: "bucket", Key: "there" }),
      new HeadBucketCommand({ Bucket: "bucket" }),
    ]) {
      await expect(client.send(command as HeadObjectCommand)).rejects.toMatchObject({
        $metadata: { httpStatusCode: 403 },
      });
    }
    client.destroy();
  });

  it("deletes of several keys those that may be deleted", async () => {
    const allowed: Statement = { Effect: "Allow", Action: "s3:DeleteObject", Resource: `${OBJECT}mine/*` };
    const client = new S3Client(await fixture.session(await fixture.role(uniqueName("deletes"), [allowed])));
    const Objects = [{ Key: "mine/a" }, { Key: "yours/a" }];
    const answer = await client.send(new DeleteObjectsCommand({ Bucket: "bucket", Delete: { Objects } }));
    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(["mine/a"]);
    expect(answer.Errors).toMatchObject([{ Key: "yours/a", Code: "AccessDenied" }]);
    client.destroy();
  });

  it("lists below the prefix that a condition names", async () => {
    const Condition = { StringLike: { "s3:prefix": ["a/*", "a/"] } };
    const allowed: Statement = { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::bucket", Condition };
    const config = await fixture.session(await fixture.role(uniqueName("lists"), [allowed]));
    const list = (Prefix?: string) => outcome(s3(new ListObjectsV2Command({ Bucket: "bucket", Prefix }))(config));
    expect(await list("a/b")).toBe("allowed");
    expect(await list("b")).toMatch(/s3:ListBucket/);
    expect(await list()).toMatch(/s3:ListBucket/);
  });
});

describe("DynamoDB", () => {
  const key = { KeyConditionExpression: "k = :k", ExpressionAttributeValues: { ":k": { S: "a" } } };
  it.each<[string, Call, string[]]>([
    ["ListTables", dynamodb(new ListTablesCommand({})), [`dynamodb:ListTables ${TABLE}*`]],
    ["PutItem", dynamodb(new PutItemCommand({ TableName: "table", Item })), [`dynamodb:PutItem ${TABLE}table`]],
    [
      "PutItem by ARN",
      dynamodb(new PutItemCommand({ TableName: `${TABLE}table`, Item })),
      [`dynamodb:PutItem ${TABLE}table`],
    ],
    ["Query", dynamodb(new QueryCommand({ TableName: "table", ...key })), [`dynamodb:Query ${TABLE}table`]],
    [
      "Query of an index",
      dynamodb(new QueryCommand({ TableName: "table", IndexName: "by-date", ...key })),
      [`dynamodb:Query ${TABLE}table/index/by-date`],
    ],
    [
      "BatchWriteItem",
      dynamodb(
        new BatchWriteItemCommand({
          RequestItems: { table: [{ PutRequest: { Item } }], other: [{ DeleteRequest: { Key: Item } }] },
        }),
      ),
      [`dynamodb:BatchWriteItem ${TABLE}table`, `dynamodb:BatchWriteItem ${TABLE}other`],
    ],
    [
      "TransactWriteItems",
      dynamodb(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName: "table", Item } },
            { ConditionCheck: { TableName: "other", Key: Item, ConditionExpression: "attribute_exists(k)" } },
          ],
        }),
      ),
      [`dynamodb:PutItem ${TABLE}table`, `dynamodb:ConditionCheckItem ${TABLE}other`],
    ],
  ])("%s", async (_operation, call, expected) => {
    expect(await needed(call)).toEqual(expected);
  });

  it("keeps callers to their own partition keys by dynamodb:LeadingKeys", async () => {
    const Condition = {
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/user}"] },
      Null: { "dynamodb:LeadingKeys": "false" },
    };
    const Resource = [`${TABLE}table`, `${TABLE}table/index/*`];
    const allowed: Statement = { Effect: "Allow", Action: "dynamodb:*", Resource, Condition };
    const name = await fixture.role(uniqueName("leading"), [allowed], { Tags: [{ Key: "user", Value: "ann" }] });
    const config = await fixture.session(name);
    const put = (k: string) =>
      outcome(dynamodb(new PutItemCommand({ TableName: "table", Item: { k: { S: k } } }))(config));
    const query = (k: string, expression = {}) =>
      outcome(
        dynamodb(
          new QueryCommand({
            TableName: "table",
            ...key,
            ExpressionAttributeValues: { ":k": { S: k } },
            ...expression,
          }),
        )(config),
      );
    expect(await put("ann")).toBe("allowed");
    expect(await put("bob")).toMatch(/dynamodb:PutItem/);
    expect(await query("ann")).toBe("allowed");
    expect(await query("bob")).toMatch(/dynamodb:Query/);
    for (const KeyConditionExpression of [":k = k", "(k) = (:k)", "((k)=:k)"]) {
      expect(await query("ann", { KeyConditionExpression, ExpressionAttributeNames: undefined })).toBe("allowed");
      expect(await query("bob", { KeyConditionExpression, ExpressionAttributeNames: undefined })).toMatch(
        /dynamodb:Query/,
      );
    }
    const legacy = (k: string) => ({
      KeyConditions: { k: { ComparisonOperator: "EQ", AttributeValueList: [{ S: k }] } },
      KeyConditionExpression: undefined,
      ExpressionAttributeValues: undefined,
    });
    expect(await query("ann", legacy("ann"))).toBe("allowed");
    expect(await query("bob", legacy("bob"))).toMatch(/dynamodb:Query/);
    const filtered = { FilterExpression: "attribute_exists(a)", ExpressionAttributeNames: undefined };
    expect(await query("ann", { ...legacy("ann"), ...filtered })).toBe("allowed");
    expect(await query("bob", { ...legacy("bob"), ...filtered })).toMatch(/dynamodb:Query/);
    // the key of an index that has two attributes is somebody's by the first of them
    const ofIndex = (k: string, l: string) =>
      query(k, {
        IndexName: "by-two",
        KeyConditionExpression: "l = :l AND k = :k",
        ExpressionAttributeValues: { ":k": { S: k }, ":l": { S: l } },
      });
    expect(await ofIndex("ann", "bob")).toBe("allowed");
    expect(await ofIndex("bob", "ann")).toMatch(/dynamodb:Query/);
  });
});

describe("Kinesis", () => {
  const STREAM = `arn:aws:kinesis:${AT}:stream/stream`;
  const Records = [{ Data: Buffer.from("x"), PartitionKey: "p" }];
  it.each<[string, Call, string[]]>([
    ["PutRecords", kinesis(new PutRecordsCommand({ StreamName: "stream", Records })), [`kinesis:PutRecords ${STREAM}`]],
    ["ListShards", kinesis(new ListShardsCommand({ StreamARN: STREAM })), [`kinesis:ListShards ${STREAM}`]],
    [
      "GetRecords, whose stream the iterator tells",
      by(KinesisClient, () => new GetRecordsCommand({ ShardIterator: iterator })),
      [`kinesis:GetRecords ${STREAM}`],
    ],
    [
      "RegisterStreamConsumer",
      kinesis(new RegisterStreamConsumerCommand({ StreamARN: STREAM, ConsumerName: "plain" })),
      [`kinesis:RegisterStreamConsumer ${STREAM}`],
    ],
    [
      "RegisterStreamConsumer with tags",
      kinesis(new RegisterStreamConsumerCommand({ StreamARN: STREAM, ConsumerName: "tagged", Tags: { a: "1" } })),
      [`kinesis:RegisterStreamConsumer ${STREAM}`, `kinesis:TagResource ${STREAM}/consumer/tagged`],
    ],
    [
      "DescribeStreamConsumer by name",
      kinesis(new DescribeStreamConsumerCommand({ StreamARN: STREAM, ConsumerName: "c" })),
      [`kinesis:DescribeStreamConsumer ${STREAM}/consumer/c`],
    ],
    [
      "ListStreamConsumers",
      kinesis(new ListStreamConsumersCommand({ StreamARN: STREAM })),
      [`kinesis:ListStreamConsumers ${STREAM}`],
    ],
    [
      "SubscribeToShard",
      kinesis(
        new SubscribeToShardCommand({
          ConsumerARN: `${STREAM}/consumer/c:1`,
          ShardId: "shardId-000000000000",
          StartingPosition: { Type: "LATEST" },
        }),
      ),
      [`kinesis:SubscribeToShard ${STREAM}/consumer/c:1`],
    ],
    [
      "DeregisterStreamConsumer",
      kinesis(new DeregisterStreamConsumerCommand({ ConsumerARN: `${STREAM}/consumer/c:1` })),
      [`kinesis:DeregisterStreamConsumer ${STREAM}/consumer/c:1`],
    ],
  ])("%s", async (_operation, call, expected) => {
    expect(await needed(call)).toEqual(expected);
  });
});

describe("CloudWatch Logs", () => {
  const GROUP = `arn:aws:logs:${AT}:log-group:`;
  it.each<[string, Call, string[]]>([
    [
      "CreateLogGroup",
      logs(new CreateLogGroupCommand({ logGroupName: "/g" })),
      [`logs:CreateLogGroup ${GROUP}/g:log-stream:`],
    ],
    [
      "PutLogEvents",
      logs(
        new PutLogEventsCommand({
          logGroupName: "/g",
          logStreamName: "s",
          logEvents: [{ timestamp: 1, message: "m" }],
        }),
      ),
      [`logs:PutLogEvents ${GROUP}/g:log-stream:s`],
    ],
    ["DescribeLogGroups", logs(new DescribeLogGroupsCommand({})), [`logs:DescribeLogGroups ${GROUP}:log-stream:`]],
  ])("%s", async (_operation, call, expected) => {
    expect(await needed(call)).toEqual(expected);
  });
});

describe("Lambda", () => {
  const FUNCTION = `arn:aws:lambda:${AT}:function:f`;
  const create = { FunctionName: "f", Role: roleArn("r"), Runtime: "nodejs22.x", Handler: "i.h", Code: {} } as const;
  it.each<[string, Call, string[]]>([
    ["ListFunctions", lambda(new ListFunctionsCommand({})), ["lambda:ListFunctions *"]],
    ["GetFunction", lambda(new GetFunctionCommand({ FunctionName: "f" })), [`lambda:GetFunction ${FUNCTION}`]],
    ["Invoke", lambda(new InvokeCommand({ FunctionName: FUNCTION })), [`lambda:InvokeFunction ${FUNCTION}`]],
    [
      "Invoke of an alias",
      lambda(new InvokeCommand({ FunctionName: "f", Qualifier: "live" })),
      [`lambda:InvokeFunction ${FUNCTION}:live`],
    ],
    [
      "CreateFunction, whose role has to be passed",
      lambda(new CreateFunctionCommand(create)),
      [`lambda:CreateFunction ${FUNCTION}`, `iam:PassRole ${roleArn("r")}`],
    ],
    [
      "UpdateFunctionConfiguration",
      lambda(new UpdateFunctionConfigurationCommand({ FunctionName: "f", Timeout: 5 })),
      [`lambda:UpdateFunctionConfiguration ${FUNCTION}`],
    ],
    [
      "CreateEventSourceMapping",
      lambda(
        new CreateEventSourceMappingCommand({
          FunctionName: "f",
          EventSourceArn: `arn:aws:kinesis:${AT}:stream/stream`,
          StartingPosition: "LATEST",
        }),
      ),
      ["lambda:CreateEventSourceMapping *"],
    ],
  ])("%s", async (_operation, call, expected) => {
    expect(await needed(call)).toEqual(expected);
  });

  it("passes a role to the service that a condition names", async () => {
    const pass = (service: string): Statement[] => [
      { Effect: "Allow", Action: "lambda:*", Resource: "*" },
      {
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: "*",
        Condition: { StringEquals: { "iam:PassedToService": service } },
      },
    ];
    const name = await fixture.role(uniqueName("passes"), pass("firehose.amazonaws.com"));
    const config = await fixture.session(name);
    const call = () => outcome(lambda(new CreateFunctionCommand(create))(config));
    expect(await call()).toMatch(/iam:PassRole/);
    await fixture.permit(name, ...pass("lambda.amazonaws.com"));
    expect(await call()).toBe("allowed (InvalidParameterValueException)");
  });
});

describe("IAM, STS, SNS, SSM and CloudFormation", () => {
  const POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaRole";
  const TemplateBody = JSON.stringify({ Resources: { G: { Type: "AWS::Logs::LogGroup" } } });
  it.each<[string, Call, string[]]>([
    ["GetRole", iam(new GetRoleCommand({ RoleName: "r" })), [`iam:GetRole ${roleArn("r")}`]],
    ["ListRoles", iam(new ListRolesCommand({})), [`iam:ListRoles ${roleArn("")}`]],
    [
      "AttachRolePolicy",
      iam(new AttachRolePolicyCommand({ RoleName: "r", PolicyArn: POLICY })),
      [`iam:AttachRolePolicy ${roleArn("r")}`],
    ],
    ["ListTopics", by(SNSClient, () => new ListTopicsCommand({})), [`SNS:ListTopics arn:aws:sns:${AT}:*`]],
    [
      "DescribeParameters",
      by(SSMClient, () => new DescribeParametersCommand({})),
      [`ssm:DescribeParameters arn:aws:ssm:${AT}:*`],
    ],
    ["GetCallerIdentity", by(STSClient, () => new GetCallerIdentityCommand({})), []],
    [
      "ListStacks",
      cloudformation(new ListStacksCommand({})),
      [`cloudformation:ListStacks arn:aws:cloudformation:${AT}:stack/*/*`],
    ],
    [
      "ValidateTemplate",
      cloudformation(new ValidateTemplateCommand({ TemplateBody })),
      ["cloudformation:ValidateTemplate *"],
    ],
    [
      "DescribeStacks",
      cloudformation(new DescribeStacksCommand({ StackName: "s" })),
      [`cloudformation:DescribeStacks arn:aws:cloudformation:${AT}:stack/s/*`],
    ],
    [
      "CreateStack with a role",
      cloudformation(new CreateStackCommand({ StackName: "s", TemplateBody, RoleARN: roleArn("none") })),
      [`cloudformation:CreateStack arn:aws:cloudformation:${AT}:stack/s/*`, `iam:PassRole ${roleArn("none")}`],
    ],
  ])("%s", async (_operation, call, expected) => {
    expect(await needed(call)).toEqual(expected);
  });
});
