import { APIGatewayClient, GetTagsCommand } from "@aws-sdk/client-api-gateway";
import {
  CreateStackCommand,
  DescribeChangeSetCommand,
  CreateChangeSetCommand,
  DescribeStackResourcesCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, ListTagsForResourceCommand as ListAlarmTagsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  ListTagsForResourceCommand as ListGroupTagsCommand,
  UntagResourceCommand as UntagGroupCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTagsOfResourceCommand } from "@aws-sdk/client-dynamodb";
import { ECRClient, ListTagsForResourceCommand as ListRepositoryTagsCommand } from "@aws-sdk/client-ecr";
import { FirehoseClient, ListTagsForDeliveryStreamCommand } from "@aws-sdk/client-firehose";
import { IAMClient, ListRoleTagsCommand } from "@aws-sdk/client-iam";
import { KinesisClient, ListTagsForStreamCommand } from "@aws-sdk/client-kinesis";
import {
  LambdaClient,
  ListTagsCommand,
  TagResourceCommand as TagFunctionCommand,
  UntagResourceCommand as UntagFunctionCommand,
} from "@aws-sdk/client-lambda";
import {
  DeleteBucketTaggingCommand,
  GetBucketTaggingCommand,
  PutBucketTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ListTagsForResourceCommand as ListTopicTagsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueueTagsCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ListTagsForResourceCommand as ListParameterTagsCommand, SSMClient } from "@aws-sdk/client-ssm";
import { useClient } from "../target.ts";
import { body, logGroup, uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();
const config = { ...on.target.clientConfig(), forcePathStyle: true };
const apigateway = useClient(new APIGatewayClient(config));
const cloudwatch = useClient(new CloudWatchClient(config));
const dynamodb = useClient(new DynamoDBClient(config));
const ecr = useClient(new ECRClient(config));
const firehose = useClient(new FirehoseClient(config));
const iam = useClient(new IAMClient(config));
const kinesis = useClient(new KinesisClient(config));
const lambda = useClient(new LambdaClient(config));
const logs = useClient(new CloudWatchLogsClient(config));
const s3 = useClient(new S3Client(config));
const sns = useClient(new SNSClient(config));
const sqs = useClient(new SQSClient(config));
const ssm = useClient(new SSMClient(config));

const ACCOUNT = "000000000000";
const REGION = "us-east-1";
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

type TagMap = Readonly<Record<string, string | undefined>>;
type Tags = readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined;
const mapOf = (tags: Tags): TagMap => Object.fromEntries((tags ?? []).map(({ Key = "", Value }) => [Key, Value]));
const byMap = async (answer: Promise<{ tags?: TagMap; Tags?: TagMap }>) => {
  const { tags, Tags } = await answer;
  return tags ?? Tags ?? {};
};
const byList = async (answer: Promise<{ tags?: Tags; Tags?: Tags }>) => {
  const { tags, Tags } = await answer;
  return mapOf(tags ?? Tags);
};
const ofApi = (path: string) =>
  byMap(apigateway.send(new GetTagsCommand({ resourceArn: `arn:aws:apigateway:${REGION}::/${path}` })));
const ofAlarm = (ResourceARN: string) => byList(cloudwatch.send(new ListAlarmTagsCommand({ ResourceARN })));
const ofLambda = (resource: string) => byMap(lambda.send(new ListTagsCommand({ Resource: arn("lambda", resource) })));

/** How the tags of each logical id are asked for, by the physical ids of all. */
type Ids = Readonly<Record<string, string>>;
const READ: Readonly<Record<string, (ids: Ids) => Promise<TagMap>>> = {
  Alarm: ({ Alarm }) => ofAlarm(arn("cloudwatch", `alarm:${Alarm}`)),
  Any: ({ Any }) => ofAlarm(arn("cloudwatch", `alarm:${Any}`)),
  Api: ({ Api }) => ofApi(`restapis/${Api}`),
  Bucket: async ({ Bucket }) => mapOf((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet),
  Dashboard: ({ Dashboard }) => ofAlarm(`arn:aws:cloudwatch::${ACCOUNT}:dashboard/${Dashboard}`),
  Function: (ids) => ofLambda(`function:${ids["Function"]}`),
  Group: ({ Group }) => byMap(logs.send(new ListGroupTagsCommand({ resourceArn: arn("logs", `log-group:${Group}`) }))),
  Key: ({ Key }) => ofApi(`apikeys/${Key}`),
  Mapping: ({ Mapping }) => ofLambda(`event-source-mapping:${Mapping}`),
  Parameter: ({ Parameter = "" }) =>
    byList(
      ssm
        .send(new ListParameterTagsCommand({ ResourceType: "Parameter", ResourceId: Parameter }))
        .then(({ TagList }) => ({ Tags: TagList })),
    ),
  Plan: ({ Plan }) => ofApi(`usageplans/${Plan}`),
  Repository: ({ Repository }) =>
    byList(ecr.send(new ListRepositoryTagsCommand({ resourceArn: arn("ecr", `repository/${Repository}`) }))),
  Stage: ({ Api, Stage }) => ofApi(`restapis/${Api}/stages/${Stage}`),
  Topic: ({ Topic }) => byList(sns.send(new ListTopicTagsCommand({ ResourceArn: Topic }))),
};

/** Those that AWS gives the stack's own tags only. */
const READ_OWN: typeof READ = {
  Delivery: ({ Delivery }) =>
    byList(firehose.send(new ListTagsForDeliveryStreamCommand({ DeliveryStreamName: Delivery }))),
  Queue: ({ Queue }) => byMap(sqs.send(new ListQueueTagsCommand({ QueueUrl: Queue }))),
  Role: ({ Role }) => byList(iam.send(new ListRoleTagsCommand({ RoleName: Role }))),
  Stream: ({ Stream }) => byList(kinesis.send(new ListTagsForStreamCommand({ StreamName: Stream }))),
  Table: ({ Table }) =>
    byList(dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: arn("dynamodb", `table/${Table}`) }))),
};

const getAtt = (id: string, name = "Arn") => ({ "Fn::GetAtt": [id, name] });
const key = [{ AttributeName: "k", KeyType: "HASH" }];
const allowing = (Principal: object | string, Action: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal, Action }],
});

const everything = (name: string) => ({
  Alarm: {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      ...{ Namespace: name, MetricName: "m", Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 1 },
      ComparisonOperator: "GreaterThanThreshold",
    },
  },
  Any: {
    Type: "AWS::CloudWatch::CompositeAlarm",
    Properties: { AlarmRule: { "Fn::Sub": 'ALARM("${Alarm}")' } },
  },
  Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: name } },
  Method: {
    Type: "AWS::ApiGateway::Method",
    Properties: {
      ...{ RestApiId: { Ref: "Api" }, ResourceId: getAtt("Api", "RootResourceId"), HttpMethod: "GET" },
      ...{ AuthorizationType: "NONE", Integration: { Type: "MOCK" } },
    },
  },
  Bucket: { Type: "AWS::S3::Bucket", Properties: {} },
  Dashboard: { Type: "AWS::CloudWatch::Dashboard", Properties: { DashboardBody: '{"widgets":[]}' } },
  Delivery: {
    Type: "AWS::KinesisFirehose::DeliveryStream",
    Properties: { S3DestinationConfiguration: { BucketARN: getAtt("Bucket"), RoleARN: getAtt("Role") } },
  },
  Deployment: {
    Type: "AWS::ApiGateway::Deployment",
    DependsOn: "Method",
    Properties: { RestApiId: { Ref: "Api" } },
  },
  Function: {
    Type: "AWS::Lambda::Function",
    Properties: {
      ...{ Runtime: "nodejs22.x", Handler: "index.handler", Role: getAtt("Role") },
      Code: { ZipFile: "exports.handler = async () => 1;" },
    },
  },
  Group: logGroup(name),
  Key: { Type: "AWS::ApiGateway::ApiKey", Properties: {} },
  Mapping: {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: { EventSourceArn: getAtt("Queue"), FunctionName: { Ref: "Function" }, Enabled: false },
  },
  Parameter: { Type: "AWS::SSM::Parameter", Properties: { Name: `/${name}/a`, Type: "String", Value: "1" } },
  Plan: { Type: "AWS::ApiGateway::UsagePlan", Properties: { UsagePlanName: name } },
  Queue: { Type: "AWS::SQS::Queue", Properties: {} },
  Repository: { Type: "AWS::ECR::Repository", Properties: {} },
  Role: {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: allowing(
        { Service: ["lambda.amazonaws.com", "firehose.amazonaws.com"] },
        "sts:AssumeRole",
      ),
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"],
    },
  },
  Stage: {
    Type: "AWS::ApiGateway::Stage",
    Properties: { RestApiId: { Ref: "Api" }, DeploymentId: { Ref: "Deployment" }, StageName: "v1" },
  },
  Stream: { Type: "AWS::Kinesis::Stream", Properties: { ShardCount: 1 } },
  Table: {
    Type: "AWS::DynamoDB::Table",
    Properties: {
      ...{ BillingMode: "PAY_PER_REQUEST", KeySchema: key },
      AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }],
    },
  },
  Topic: { Type: "AWS::SNS::Topic", Properties: {} },
});

let StackName: string;
let StackId: string;
let TemplateBody: string;
let ids: Ids;
const systemTags = (logicalId: string) => ({
  "aws:cloudformation:stack-name": StackName,
  "aws:cloudformation:stack-id": StackId,
  "aws:cloudformation:logical-id": logicalId,
});

beforeAll(async () => {
  StackName = uniqueName("tags");
  TemplateBody = body(everything(StackName));
  const Tags = [{ Key: "team", Value: "rivers" }];
  const Capabilities = ["CAPABILITY_IAM" as const];
  const created = await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody, Tags, Capabilities }));
  StackId = created.StackId ?? "";
  expect(await on.settled(StackName)).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
  const { StackResources = [] } = await on.cloudformation.send(new DescribeStackResourcesCommand({ StackName }));
  ids = Object.fromEntries(
    StackResources.map(({ LogicalResourceId = "", PhysicalResourceId = "" }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
});

describe("the tags of a stack", () => {
  it.each(Object.entries(READ))("are on %s, with those that tell of its stack", async (id, read) => {
    expect(await read(ids)).toEqual({ team: "rivers", ...systemTags(id) });
  });

  it.each(Object.entries(READ_OWN))("are on %s, whose type takes no system tags", async (_id, read) => {
    expect(await read(ids)).toEqual({ team: "rivers" });
  });

  it("change in place, and those that tell of the stack stay", async () => {
    const Tags = [{ Key: "owner", Value: "lakes" }];
    const Capabilities = ["CAPABILITY_IAM" as const];
    await on.cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody, Tags, Capabilities }));
    expect(await on.settled(StackName)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    for (const [id, read] of Object.entries(READ)) {
      expect([id, await read(ids)]).toEqual([id, { owner: "lakes", ...systemTags(id) }]);
    }
    for (const [id, read] of Object.entries(READ_OWN)) expect([id, await read(ids)]).toEqual([id, { owner: "lakes" }]);
  });

  it("that tell of the stack are no change of it", async () => {
    const change = { StackName, ChangeSetName: "none", TemplateBody, Capabilities: ["CAPABILITY_IAM" as const] };
    await on.cloudformation.send(new CreateChangeSetCommand(change));
    const { StatusReason, Changes } = await on.cloudformation.send(
      new DescribeChangeSetCommand({ StackName, ChangeSetName: "none" }),
    );
    expect(StatusReason).toMatch(/didn't contain changes/);
    expect(Changes).toEqual([]);
  });
});

describe("system tags", () => {
  const Resource = () => arn("lambda", `function:${ids["Function"]}`);
  const name = "aws:cloudformation:stack-name";

  it("are neither given, changed nor taken by anybody else", async () => {
    const refusal = { name: "InvalidParameterValueException", message: "System tags are not allowed in the request." };
    const given = lambda.send(new TagFunctionCommand({ Resource: Resource(), Tags: { [name]: "other" } }));
    await expect(given).rejects.toMatchObject(refusal);
    const taken = lambda.send(new UntagFunctionCommand({ Resource: Resource(), TagKeys: [name] }));
    await expect(taken).rejects.toMatchObject(refusal);
    const resourceArn = arn("logs", `log-group:${ids["Group"]}`);
    await expect(logs.send(new UntagGroupCommand({ resourceArn, tagKeys: [name] }))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    expect(await READ["Group"]!(ids)).toMatchObject(systemTags("Group"));
  });

  it("do not count toward the number of tags of a resource", async () => {
    const Tags = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`key-${index}`, ""]));
    await lambda.send(new TagFunctionCommand({ Resource: Resource(), Tags }));
    expect(Object.keys(await READ["Function"]!(ids))).toHaveLength(53);
    await expect(lambda.send(new TagFunctionCommand({ Resource: Resource(), Tags: { more: "" } }))).rejects.toThrow(
      "Number of tags exceeds resource tag limit.",
    );
  });

  it("of a bucket have to be among the tags that are put", async () => {
    const Bucket = ids["Bucket"];
    const put = (tags: TagMap) => {
      const TagSet = Object.entries(tags).map(([Key, Value = ""]) => ({ Key, Value }));
      return s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    };
    const removed = { name: "InvalidTag", message: "System tags cannot be removed by requester" };
    await expect(put({ a: "1" })).rejects.toMatchObject(removed);
    await expect(s3.send(new DeleteBucketTaggingCommand({ Bucket }))).rejects.toMatchObject(removed);
    await expect(put({ ...systemTags("Bucket"), [name]: "other" })).rejects.toMatchObject({
      name: "InvalidTag",
      message: "System tags cannot be added/updated by requester",
    });
    await put({ a: "1", ...systemTags("Bucket") });
    expect(await READ["Bucket"]!(ids)).toEqual({ a: "1", ...systemTags("Bucket") });
  });
});
