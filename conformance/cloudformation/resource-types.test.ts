import { CreateStackCommand, DeleteStackCommand, type Stack, UpdateStackCommand } from "@aws-sdk/client-cloudformation";
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetResourcePolicyCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { DescribeStreamSummaryCommand, KinesisClient, ListTagsForStreamCommand } from "@aws-sdk/client-kinesis";
import {
  GetAliasCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { body, uniqueName, useCloudFormation } from "./fixture.ts";

const on = useCloudFormation();

const Capabilities = ["CAPABILITY_NAMED_IAM" as const];

async function create(StackName: string, resources: object, outputs: Record<string, object> = {}): Promise<Stack> {
  const TemplateBody = body(resources, { Outputs: asOutputs(outputs) });
  await on.cloudformation.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities }));
  return on.settled(StackName);
}

async function update(StackName: string, resources: object): Promise<Stack> {
  await on.cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: body(resources), Capabilities }));
  return on.settled(StackName);
}

async function remove({ StackName, StackId = "" }: Stack): Promise<Stack> {
  await on.cloudformation.send(new DeleteStackCommand({ StackName }));
  return on.settled(StackId);
}

const asOutputs = (values: Record<string, object>) =>
  Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }]));
const outputsOf = ({ Outputs = [] }: Stack) =>
  Object.fromEntries(Outputs.map(({ OutputKey = "", OutputValue }) => [OutputKey, OutputValue]));
const att = (id: string, name: string) => ({ "Fn::GetAtt": [id, name] });

const trusts = (service: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
});
const allows = (Action: string) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

describe("AWS::Kinesis::Stream", () => {
  it("is created with all of its settings, and changes them in place", async () => {
    const kinesis = new KinesisClient(on.target.clientConfig());
    const name = uniqueName();
    const stream = (properties: object) => ({
      S: { Type: "AWS::Kinesis::Stream", Properties: { Name: name, ...properties } },
    });
    const summary = async () =>
      (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name }))).StreamDescriptionSummary;
    const first = stream({ ShardCount: "2", RetentionPeriodHours: 48, Tags: [{ Key: "a", Value: "1" }] });
    const stack = await create(name, first, { Ref: { Ref: "S" }, Arn: att("S", "Arn") });
    expect(outputsOf(stack)).toEqual({ Ref: name, Arn: `arn:aws:kinesis:us-east-1:000000000000:stream/${name}` });
    expect(await summary()).toMatchObject({ OpenShardCount: 2, RetentionPeriodHours: 48 });

    const updated = await update(name, stream({ ShardCount: 4, Tags: [{ Key: "b", Value: "2" }] }));
    expect(updated).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await summary()).toMatchObject({ OpenShardCount: 4, RetentionPeriodHours: 24 });
    const { Tags } = await kinesis.send(new ListTagsForStreamCommand({ StreamName: name }));
    expect(Tags).toEqual([{ Key: "b", Value: "2" }]);

    await update(name, stream({ StreamModeDetails: { StreamMode: "ON_DEMAND" } }));
    expect(await summary()).toMatchObject({ StreamModeDetails: { StreamMode: "ON_DEMAND" } });
    expect(await remove(stack)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    await expect(summary()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("AWS::DynamoDB::Table", () => {
  /** A table on demand whose key is `k`, as the resource T. */
  const onDemand = (TableName: string, properties: object) => ({
    T: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }],
        ...properties,
      },
    },
  });

  it("keeps its items over changes of throughput, billing and indexes", async () => {
    const dynamodb = new DynamoDBClient(on.target.clientConfig());
    const name = uniqueName();
    const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
    const table = (properties: object, ...attributes: string[]) => ({
      T: {
        Type: "AWS::DynamoDB::Table",
        Properties: {
          TableName: name,
          KeySchema: [key("k", "HASH")],
          AttributeDefinitions: ["k", ...attributes].map((each) => ({ AttributeName: each, AttributeType: "S" })),
          ...properties,
        },
      },
    });
    const describeTable = async () => (await dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table;
    const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: "2" };
    const stack = await create(name, table({ ProvisionedThroughput }), { Arn: att("T", "Arn") });
    expect(outputsOf(stack)).toEqual({ Arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${name}` });
    await dynamodb.send(new PutItemCommand({ TableName: name, Item: { k: { S: "1" }, g: { S: "2" } } }));

    const GlobalSecondaryIndexes = [
      { IndexName: "by-g", KeySchema: [key("g", "HASH"), key("k", "HASH")], Projection: { ProjectionType: "ALL" } },
    ];
    const updated = await update(
      name,
      table({ BillingMode: "PAY_PER_REQUEST", GlobalSecondaryIndexes, DeletionProtectionEnabled: true }, "g"),
    );
    expect(updated).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await describeTable()).toMatchObject({
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      DeletionProtectionEnabled: true,
      GlobalSecondaryIndexes: [
        { IndexName: "by-g", KeySchema: GlobalSecondaryIndexes[0]?.KeySchema, IndexStatus: "ACTIVE" },
      ],
    });
    await update(name, table({ BillingMode: "PAY_PER_REQUEST" }));
    expect((await describeTable())?.GlobalSecondaryIndexes).toBeUndefined();
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: name, Key: { k: { S: "1" } } }));
    expect(Item).toEqual({ k: { S: "1" }, g: { S: "2" } });
    expect(await remove(stack)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    await expect(describeTable()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("has items expire, and can be restored, while its template says so", async () => {
    const dynamodb = new DynamoDBClient(on.target.clientConfig());
    const name = uniqueName();
    const table = (properties: object) => onDemand(name, properties);
    const described = async () => {
      const timeToLive = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: name }));
      const backups = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: name }));
      return {
        ...timeToLive.TimeToLiveDescription,
        ...backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription,
      };
    };
    const TimeToLiveSpecification = { AttributeName: "expires", Enabled: true };
    const stack = await create(
      name,
      table({
        TimeToLiveSpecification,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
      }),
    );
    expect(stack).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
    expect(await described()).toMatchObject({
      AttributeName: "expires",
      PointInTimeRecoveryStatus: "ENABLED",
      RecoveryPeriodInDays: 7,
    });
    await update(name, table({ TimeToLiveSpecification }));
    expect(await described()).toMatchObject({ AttributeName: "expires", PointInTimeRecoveryStatus: "DISABLED" });
    // within an hour of the last change
    const tooSoon = await update(name, table({}));
    expect(tooSoon).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
    expect(await described()).toMatchObject({ AttributeName: "expires" });
  });

  it("is made of the objects of a bucket", async () => {
    const dynamodb = new DynamoDBClient(on.target.clientConfig());
    const s3 = new S3Client({ ...on.target.clientConfig(), forcePathStyle: true });
    const name = uniqueName();
    await s3.send(new CreateBucketCommand({ Bucket: name }));
    const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: name, Key, Body }));
    await put("good/a.csv", "k,v\n1,one\n2,two\n");
    await put("bad/a.csv", "v\none\n");
    const table = (TableName: string, S3KeyPrefix: string) =>
      onDemand(TableName, {
        DeletionProtectionEnabled: false,
        StreamSpecification: { StreamViewType: "KEYS_ONLY" },
        Tags: [{ Key: "a", Value: "b" }],
        ImportSourceSpecification: {
          S3BucketSource: { S3Bucket: name, S3KeyPrefix },
          InputFormat: "CSV",
        },
      });
    expect(await create(name, table(name, "good/"))).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: name, Key: { k: { S: "2" } } }));
    expect(Item).toEqual({ k: { S: "2" }, v: { S: "two" } });
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }));
    expect(Table).toMatchObject({ ItemCount: 2, StreamSpecification: { StreamViewType: "KEYS_ONLY" } });
    const failed = await create(`${name}-bad`, table(`${name}-bad`, "bad/"));
    expect(failed).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
    const gone = dynamodb.send(new DescribeTableCommand({ TableName: `${name}-bad` }));
    await expect(gone).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("begins, changes and ends its stream, and sets policies of both and the stream's tags", async () => {
    const dynamodb = new DynamoDBClient(on.target.clientConfig());
    const name = uniqueName();
    const table = (properties: object) => onDemand(name, properties);
    const policy = (Resource: string) => ({
      PolicyDocument: {
        Statement: [{ Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "dynamodb:*", Resource }],
      },
    });
    const describeTable = async () => (await dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table;
    const policyOf = (ResourceArn: string) =>
      dynamodb.send(new GetResourcePolicyCommand({ ResourceArn })).then(
        ({ Policy = "" }) => JSON.parse(Policy) as unknown,
        (error: Error) => error.name,
      );
    const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;
    const tagsOf = async (ResourceArn: string) =>
      (await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags;
    const StreamSpecification = {
      StreamViewType: "NEW_IMAGE",
      ResourcePolicy: policy("*"),
      Tags: [{ Key: "a", Value: "1" }],
    };
    const stack = await create(name, table({ StreamSpecification, ResourcePolicy: policy(arn) }), {
      Stream: att("T", "StreamArn"),
    });
    const first = outputsOf(stack)["Stream"] ?? "";
    expect(await describeTable()).toMatchObject({
      LatestStreamArn: first,
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
    });
    expect(await policyOf(arn)).toEqual(policy(arn).PolicyDocument);
    expect(await policyOf(first)).toEqual(policy("*").PolicyDocument);

    expect(await tagsOf(first)).toEqual(StreamSpecification.Tags);
    await update(name, table({ StreamSpecification: { ...StreamSpecification, Tags: [{ Key: "b", Value: "2" }] } }));
    expect(await tagsOf(first)).toEqual([{ Key: "b", Value: "2" }]);
    expect(await tagsOf(arn)).toEqual([]);

    const Tags = [{ Key: "b", Value: "2" }];
    await update(name, table({ StreamSpecification: { StreamViewType: "OLD_IMAGE", Tags } }));
    const changed = await describeTable();
    expect(changed?.StreamSpecification?.StreamViewType).toBe("OLD_IMAGE");
    expect(changed?.LatestStreamArn).not.toBe(first);
    expect(await policyOf(arn)).toBe("PolicyNotFoundException");
    expect(await policyOf(changed?.LatestStreamArn ?? "")).toBe("PolicyNotFoundException");
    expect(await tagsOf(changed?.LatestStreamArn ?? "")).toEqual(Tags);

    await update(name, table({}));
    expect((await describeTable())?.StreamSpecification).toBeUndefined();
    expect(await remove(stack)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    dynamodb.destroy();
  });

  it("refuses more than one new index in an update, as AWS does", async () => {
    const name = uniqueName();
    const table = (...indexes: string[]) => ({
      T: {
        Type: "AWS::DynamoDB::Table",
        Properties: {
          BillingMode: "PAY_PER_REQUEST",
          KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
          AttributeDefinitions: [{ AttributeName: "k", AttributeType: "S" }],
          GlobalSecondaryIndexes: indexes.map((IndexName) => ({
            IndexName,
            KeySchema: [{ AttributeName: "k", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          })),
        },
      },
    });
    await create(name, table());
    expect(await update(name, table("one", "two"))).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
    expect((await on.reasons(name, "T")).join("\n")).toContain(
      "Cannot perform more than one GSI creation or deletion in a single update",
    );
  });
});

describe("AWS::S3::Bucket and AWS::S3::BucketPolicy", () => {
  it("set and take back access blocks, tags and the policy", async () => {
    const s3 = new S3Client({ ...on.target.clientConfig(), forcePathStyle: true });
    const name = uniqueName();
    const PublicAccessBlockConfiguration = { BlockPublicAcls: "true", BlockPublicPolicy: true };
    const resources = (bucket: object, action: string) => ({
      B: { Type: "AWS::S3::Bucket", Properties: { BucketName: name, ...bucket } },
      P: {
        Type: "AWS::S3::BucketPolicy",
        Properties: {
          Bucket: { Ref: "B" },
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { AWS: "arn:aws:iam::000000000000:root" },
                Action: action,
                Resource: { "Fn::Sub": "${B.Arn}/*" },
              },
            ],
          },
        },
      },
    });
    const stack = await create(
      name,
      resources({ PublicAccessBlockConfiguration, Tags: [{ Key: "a", Value: "1" }] }, "s3:GetObject"),
      { Arn: att("B", "Arn"), Domain: att("B", "DomainName"), Regional: att("B", "RegionalDomainName") },
    );
    expect(outputsOf(stack)).toEqual({
      Arn: `arn:aws:s3:::${name}`,
      Domain: `${name}.s3.amazonaws.com`,
      Regional: `${name}.s3.us-east-1.amazonaws.com`,
    });
    const Bucket = name;
    const policy = async () => JSON.parse((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy ?? "");
    expect(await policy()).toMatchObject({
      Statement: [{ Resource: `arn:aws:s3:::${name}/*`, Action: "s3:GetObject" }],
    });
    expect(await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true },
    });

    expect(await update(name, resources({}, "s3:PutObject"))).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await policy()).toMatchObject({ Statement: [{ Action: "s3:PutObject" }] });
    const { TagSet = [] } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
    expect(TagSet.filter(({ Key = "" }) => !Key.startsWith("aws:cloudformation:"))).toEqual([]);
    expect(await remove(stack)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
  });
});

describe("AWS::IAM::Role, Policy and ManagedPolicy", () => {
  it("attach, change and take away policies", async () => {
    const iam = new IAMClient(on.target.clientConfig());
    const name = uniqueName();
    const resources = (policies: string[], action: string, Description?: string) => ({
      R: {
        Type: "AWS::IAM::Role",
        Properties: {
          RoleName: name,
          Path: "/rivers/",
          AssumeRolePolicyDocument: trusts("lambda.amazonaws.com"),
          Policies: policies.map((PolicyName) => ({ PolicyName, PolicyDocument: allows(action) })),
          ...(Description && { Description }),
        },
      },
      Inline: {
        Type: "AWS::IAM::Policy",
        Properties: { PolicyName: "extra", Roles: [{ Ref: "R" }], PolicyDocument: allows(action) },
      },
      Managed: {
        Type: "AWS::IAM::ManagedPolicy",
        Properties: { ManagedPolicyName: `${name}-m`, Roles: [{ Ref: "R" }], PolicyDocument: allows(action) },
      },
    });
    const stack = await create(name, resources(["a", "b"], "s3:GetObject"), {
      Arn: att("R", "Arn"),
      Id: att("R", "RoleId"),
      Managed: { Ref: "Managed" },
    });
    const outputs = outputsOf(stack);
    const PolicyArn = `arn:aws:iam::000000000000:policy/${name}-m`;
    expect(outputs).toEqual({
      Arn: `arn:aws:iam::000000000000:role/rivers/${name}`,
      Id: expect.stringMatching(/^AROA/),
      Managed: PolicyArn,
    });
    const inline = async () =>
      (await iam.send(new ListRolePoliciesCommand({ RoleName: name }))).PolicyNames?.toSorted();
    const attached = async () =>
      (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: name }))).AttachedPolicies?.map(
        (policy) => policy.PolicyArn,
      );
    expect(await inline()).toEqual(["a", "b", "extra"]);
    expect(await attached()).toEqual([PolicyArn]);

    expect(await update(name, resources(["b", "c"], "s3:PutObject", "new"))).toMatchObject({
      StackStatus: "UPDATE_COMPLETE",
    });
    expect(await inline()).toEqual(["b", "c", "extra"]);
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName: "extra" }));
    expect(JSON.parse(decodeURIComponent(PolicyDocument))).toEqual(allows("s3:PutObject"));
    const version = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
    expect(JSON.parse(decodeURIComponent(version.PolicyVersion?.Document ?? ""))).toEqual(allows("s3:PutObject"));
    expect((await iam.send(new GetRoleCommand({ RoleName: name }))).Role).toMatchObject({ Description: "new" });

    expect(await remove(stack)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: "/rivers/" }));
    expect(Roles).toEqual([]);
  });
});

describe("AWS::Lambda::Function, Version, Alias, Permission and EventSourceMapping", () => {
  const resources = (
    name: string,
    code: string,
    changes: { memory?: number; batch?: number; version?: string; kind?: string } = {},
  ) => ({
    Stream: { Type: "AWS::Kinesis::Stream", Properties: { ShardCount: 1 } },
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: trusts("lambda.amazonaws.com"),
        ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole"],
      },
    },
    F: {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: name,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: att("Role", "Arn"),
        Code: { ZipFile: `exports.handler = async () => process.env.WORD + ${JSON.stringify(code)};` },
        Environment: { Variables: { WORD: 7 } },
        ...(changes.memory && { MemorySize: changes.memory }),
      },
    },
    [`V${changes.version ?? "1"}`]: { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "F" } } },
    Alias: {
      Type: "AWS::Lambda::Alias",
      Properties: {
        FunctionName: { Ref: "F" },
        Name: "live",
        FunctionVersion: att(`V${changes.version ?? "1"}`, "Version"),
      },
    },
    Permission: {
      Type: "AWS::Lambda::Permission",
      Properties: { FunctionName: att("F", "Arn"), Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com" },
    },
    Mapping: {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: {
        EventSourceArn: att("Stream", "Arn"),
        FunctionName: { Ref: "F" },
        StartingPosition: "LATEST",
        ...(changes.batch && { BatchSize: changes.batch, TumblingWindowInSeconds: 60 }),
        FilterCriteria: { Filters: [{ Pattern: `{"data":{"kind":["${changes.kind ?? "a"}"]}}` }] },
      },
    },
  });

  it("are created, updated in place and removed together", async () => {
    const lambda = new LambdaClient(on.target.clientConfig());
    const name = uniqueName();
    const invoke = async (Qualifier?: string) =>
      (await lambda.send(new InvokeCommand({ FunctionName: name, Qualifier }))).Payload?.transformToString();
    const stack = await create(name, resources(name, "one"), {
      Arn: att("F", "Arn"),
      Version: { Ref: "V1" },
      Alias: { Ref: "Alias" },
      Mapping: { Ref: "Mapping" },
      Permission: { Ref: "Permission" },
    });
    expect(stack).toMatchObject({ StackStatus: "CREATE_COMPLETE" });
    const { Mapping: UUID = "", Permission, ...arns } = outputsOf(stack);
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    expect(arns).toEqual({ Arn: arn, Version: `${arn}:1`, Alias: `${arn}:live` });
    expect(await invoke()).toBe('"7one"');
    const { Policy = "" } = await lambda.send(new GetPolicyCommand({ FunctionName: name }));
    expect(JSON.parse(Policy).Statement).toMatchObject([
      { Sid: Permission, Principal: { Service: "s3.amazonaws.com" } },
    ]);
    expect(await lambda.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
      State: "Enabled",
      BatchSize: 100,
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"kind":["a"]}}' }] },
    });

    const changed = await update(name, resources(name, "two", { memory: 256, batch: 7, version: "2", kind: "b" }));
    expect(changed).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await invoke()).toBe('"7two"');
    expect(await invoke("live")).toBe('"7two"');
    const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: name }));
    expect(Configuration).toMatchObject({ MemorySize: 256, LastUpdateStatus: "Successful" });
    const { FunctionVersion } = await lambda.send(new GetAliasCommand({ FunctionName: name, Name: "live" }));
    expect(FunctionVersion).toBe("2");
    expect(await lambda.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
      State: "Enabled",
      BatchSize: 7,
      TumblingWindowInSeconds: 60,
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"kind":["b"]}}' }] },
    });
    await expect(invoke("1")).rejects.toMatchObject({ name: "ResourceNotFoundException" });

    expect(await remove(stack)).toMatchObject({ StackStatus: "DELETE_COMPLETE" });
    await expect(invoke()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(lambda.send(new GetEventSourceMappingCommand({ UUID }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("refuse what Headwater's functions and mappings have not, by name", async () => {
    const all = resources(uniqueName(), "x");
    const withLayer = {
      ...all,
      F: { ...all.F, Properties: { ...all.F.Properties, Layers: ["arn:aws:lambda:x:1:layer:a:1"] } },
    };
    await expect(create(uniqueName(), withLayer)).rejects.toThrow(
      "Resource F: property AWS::Lambda::Function.Layers is not supported by Headwater.",
    );
    const mapping = {
      ...all["Mapping"],
      Properties: { FunctionName: "f", KmsKeyArn: "arn:aws:kms:us-east-1:000000000000:key/1" },
    };
    await expect(create(uniqueName(), { Mapping: mapping })).rejects.toThrow(
      "Resource Mapping: property AWS::Lambda::EventSourceMapping.KmsKeyArn is not supported by Headwater.",
    );
  });
});
