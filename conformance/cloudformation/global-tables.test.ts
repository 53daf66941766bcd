import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
} from "@aws-sdk/client-cloudformation";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeKinesisStreamingDestinationCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  GetResourcePolicyCommand,
  ListContributorInsightsCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { ACCOUNT, policyOf, trustOf } from "../role.ts";
import { eventually, useClient } from "../target.ts";
import { body, uniqueName, useCloudFormation } from "./fixture.ts";

const { target, cloudformation, create, update, settled, reasons, physicalId } = useCloudFormation();
const iam = useClient(new IAMClient(target.clientConfig()));
const HERE = "us-east-1";
const OTHER = "eu-west-1";
const THIRD = "ap-south-1";
const clientIn = (region: string) => useClient(new DynamoDBClient({ ...target.clientConfig(), region }));
const here = clientIn(HERE);
const other = clientIn(OTHER);
const third = clientIn(THIRD);

const replica = (Region: string, settings: object = {}) => ({ Region, ...settings });
const globalTable = (Replicas: object[], settings: object = {}) => ({
  Table: {
    Type: "AWS::DynamoDB::GlobalTable",
    Properties: {
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      ...(Replicas.length > 1 && { StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" } }),
      Replicas,
      ...settings,
    },
  },
});
const withIndex = (more: object = {}) => ({
  AttributeDefinitions: ["pk", "color"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
  GlobalSecondaryIndexes: [
    {
      IndexName: "by-color",
      KeySchema: [{ AttributeName: "color", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
      ...more,
    },
  ],
});
const fixed = (units: number) => ({
  WriteCapacityAutoScalingSettings: {
    MinCapacity: units,
    MaxCapacity: units,
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 },
  },
});

const tableOf = (stack: string) => physicalId(stack, "Table");
const described = async (TableName: string, of = here) =>
  (await of.send(new DescribeTableCommand({ TableName }))).Table;
const isThere = async (name: string, of: DynamoDBClient) =>
  (await described(name, of).catch(() => undefined)) !== undefined;
const regionsOf = async (name: string, of = here) =>
  ((await described(name, of))?.Replicas ?? []).map(({ RegionName = "" }) => RegionName).toSorted();
const remove = (StackName: string) => cloudformation.send(new DeleteStackCommand({ StackName }));

describe("AWS::DynamoDB::GlobalTable", () => {
  it("makes a table of one replica, which is a table like others, and answers its name, ARN, stream and id", async () => {
    const stack = uniqueName();
    const attribute = (name: string) => ({ Value: { "Fn::GetAtt": ["Table", name] } });
    const { Outputs = [] } = await create(
      stack,
      globalTable([{ Region: { Ref: "AWS::Region" }, Tags: [{ Key: "team", Value: "blue" }] }], {
        StreamSpecification: { StreamViewType: "NEW_IMAGE" },
        TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
        WarmThroughput: { ReadUnitsPerSecond: 13_000 },
        WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 6 },
        ...withIndex(),
      }),
      {
        Name: { Value: { Ref: "Table" } },
        Arn: attribute("Arn"),
        Stream: attribute("StreamArn"),
        Id: attribute("TableId"),
      },
    );
    const outputs = Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    const TableName = outputs["Name"] ?? "";
    expect(TableName).toBe(await tableOf(stack));
    const made = await described(TableName);
    expect(made).toMatchObject({
      TableArn: outputs["Arn"],
      TableId: outputs["Id"],
      LatestStreamArn: outputs["Stream"],
      StreamSpecification: { StreamViewType: "NEW_IMAGE" },
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      SSEDescription: { SSEType: "KMS" },
      OnDemandThroughput: { MaxWriteRequestUnits: 6 },
      WarmThroughput: { ReadUnitsPerSecond: 13_000 },
      GlobalSecondaryIndexes: [{ IndexName: "by-color" }],
    });
    expect(made).not.toHaveProperty("Replicas");
    const { TimeToLiveDescription } = await here.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: "ttl" });
    const { Tags } = await here.send(new ListTagsOfResourceCommand({ ResourceArn: outputs["Arn"] }));
    expect(Tags).toContainEqual({ Key: "team", Value: "blue" });
    await remove(stack);
    await eventually("the table is gone", async () => !(await isThere(TableName, here)) || undefined);
  });

  it("makes replicas, each with its own settings, and deletes all of them", async () => {
    const stack = uniqueName();
    const policy = (region: string) => ({
      PolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: "111122223333" },
            Action: "dynamodb:GetItem",
            Resource: `arn:aws:dynamodb:${region}:000000000000:table/${stack}`,
          },
        ],
      },
    });
    const replicas = [
      replica(OTHER, {
        TableClass: "STANDARD_INFREQUENT_ACCESS",
        ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 9 },
        ContributorInsightsSpecification: { Enabled: false },
        GlobalSecondaryIndexes: [
          {
            IndexName: "by-color",
            ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 8 },
            ContributorInsightsSpecification: { Enabled: true },
          },
        ],
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
        ResourcePolicy: policy(OTHER),
        Tags: [{ Key: "side", Value: "other" }],
      }),
      replica(HERE, {
        ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 5 },
        KinesisStreamSpecification: { StreamArn: { "Fn::GetAtt": ["Changes", "Arn"] } },
        ContributorInsightsSpecification: { Enabled: true, Mode: "THROTTLED_KEYS" },
        Tags: [{ Key: "side", Value: "here" }],
      }),
      replica(THIRD),
    ];
    const changes = { Changes: { Type: "AWS::Kinesis::Stream", Properties: { ShardCount: 1 } } };
    const settings = {
      TableName: stack,
      ...withIndex({ WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 4 } }),
    };
    expect(await create(stack, { ...changes, ...globalTable(replicas, settings) })).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
    });
    expect(await regionsOf(stack)).toEqual([THIRD, OTHER]);
    expect(await described(stack)).toMatchObject({ OnDemandThroughput: { MaxReadRequestUnits: 5 } });
    const there = await described(stack, other);
    expect(there).toMatchObject({
      TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" },
      OnDemandThroughput: { MaxReadRequestUnits: 9 },
      GlobalSecondaryIndexes: [
        { IndexName: "by-color", OnDemandThroughput: { MaxReadRequestUnits: 8, MaxWriteRequestUnits: 4 } },
      ],
    });
    expect((await described(stack))?.Replicas).toContainEqual(
      expect.objectContaining({
        RegionName: OTHER,
        OnDemandThroughputOverride: { MaxReadRequestUnits: 9 },
        GlobalSecondaryIndexes: [expect.objectContaining({ OnDemandThroughputOverride: { MaxReadRequestUnits: 8 } })],
      }),
    );
    const insights = async (of: DynamoDBClient) =>
      (await of.send(new ListContributorInsightsCommand({ TableName: stack }))).ContributorInsightsSummaries?.map(
        ({ IndexName, ContributorInsightsMode }) => [IndexName, ContributorInsightsMode],
      );
    expect(await insights(here)).toEqual([[undefined, "THROTTLED_KEYS"]]);
    expect(await insights(other)).toEqual([["by-color", "ACCESSED_AND_THROTTLED_KEYS"]]);
    expect(await insights(third)).toEqual([]);
    const plain = await described(stack, third);
    expect(plain).not.toHaveProperty("OnDemandThroughput");
    expect(plain?.TableClassSummary?.TableClass ?? "STANDARD").toBe("STANDARD");
    const { ContinuousBackupsDescription } = await other.send(
      new DescribeContinuousBackupsCommand({ TableName: stack }),
    );
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toMatchObject({ RecoveryPeriodInDays: 7 });
    const { Policy } = await other.send(new GetResourcePolicyCommand({ ResourceArn: there?.TableArn }));
    expect(JSON.parse(Policy ?? "")).toEqual(policy(OTHER).PolicyDocument);
    const { Tags } = await other.send(new ListTagsOfResourceCommand({ ResourceArn: there?.TableArn }));
    expect(Tags).toContainEqual({ Key: "side", Value: "other" });
    const destinations = await here.send(new DescribeKinesisStreamingDestinationCommand({ TableName: stack }));
    expect(destinations.KinesisDataStreamDestinations).toMatchObject([{ DestinationStatus: "ACTIVE" }]);
    const Item = { pk: { S: "a" } };
    await other.send(new PutItemCommand({ TableName: stack, Item }));
    expect((await here.send(new GetItemCommand({ TableName: stack, Key: Item }))).Item).toEqual(Item);
    await remove(stack);
    for (const client of [here, other, third]) {
      await eventually("the replica is gone", async () => !(await isThere(stack, client)) || undefined);
    }
  });

  it("adds and removes replicas, one at a time, and changes what each has", async () => {
    const stack = uniqueName();
    const stream = { StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" }, ...withIndex() };
    await create(stack, globalTable([replica(HERE)], stream));
    const name = await tableOf(stack);
    const { TableId } = (await described(name)) ?? {};
    await update(stack, globalTable([replica(HERE), replica(OTHER, { DeletionProtectionEnabled: true })], stream));
    expect(await regionsOf(name)).toEqual([OTHER]);
    expect(await described(name, other)).toMatchObject({ DeletionProtectionEnabled: true });
    expect(await described(name)).toMatchObject({ DeletionProtectionEnabled: false, TableId });

    // a change for all, beside one of each
    const limited = [
      replica(HERE, { ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 3 } }),
      replica(OTHER, { ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 4 }, Tags: [{ Key: "a", Value: "b" }] }),
    ];
    const ttl = { ...stream, TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true } };
    await update(stack, globalTable(limited, ttl));
    expect(await described(name)).toMatchObject({ OnDemandThroughput: { MaxReadRequestUnits: 3 } });
    expect(await described(name, other)).toMatchObject({
      OnDemandThroughput: { MaxReadRequestUnits: 4 },
      DeletionProtectionEnabled: false,
    });
    const { TimeToLiveDescription } = await other.send(new DescribeTimeToLiveCommand({ TableName: name }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: "ttl" });

    expect(await update(stack, globalTable([replica(HERE), replica(THIRD)], ttl))).toMatchObject({
      StackStatus: "UPDATE_ROLLBACK_COMPLETE",
    });
    expect(await reasons(stack, "Table")).toContainEqual(
      expect.stringContaining("Cannot add or delete more than one replica in a single update"),
    );
    await update(stack, globalTable([replica(HERE)], ttl));
    expect(await isThere(name, other)).toBe(false);
    expect(await described(name)).not.toHaveProperty("Replicas");
    await here.send(new DeleteTableCommand({ TableName: name }));
    await remove(stack);
    await expect(settled(stack)).rejects.toThrow("does not exist");
  });

  it("makes a new index in all replicas", async () => {
    const stack = uniqueName();
    const replicas = [replica(HERE), replica(OTHER)];
    await create(stack, globalTable(replicas));
    expect(await update(stack, globalTable(replicas, withIndex()))).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect((await described(await tableOf(stack), other))?.GlobalSecondaryIndexes).toMatchObject([
      { IndexName: "by-color", IndexStatus: "ACTIVE" },
    ]);
  });

  it("is replaced with its replicas when its keys change", async () => {
    const stack = uniqueName();
    const replicas = [replica(HERE), replica(OTHER)];
    await create(stack, globalTable(replicas));
    const before = await tableOf(stack);
    const keys = {
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    };
    const changes = async (resources: object) => {
      const set = { StackName: stack, ChangeSetName: uniqueName("set") };
      await cloudformation.send(new CreateChangeSetCommand({ ...set, TemplateBody: body(resources) }));
      return (await cloudformation.send(new DescribeChangeSetCommand(set))).Changes?.[0]?.ResourceChange;
    };
    expect(await changes(globalTable([replica(HERE)]))).toMatchObject({ Action: "Modify", Replacement: "False" });
    expect(await changes(globalTable(replicas, keys))).toMatchObject({ Action: "Modify", Replacement: "True" });
    await update(stack, globalTable(replicas, keys));
    const after = await tableOf(stack);
    expect(after).not.toBe(before);
    expect((await described(after, other))?.KeySchema).toEqual(keys.KeySchema);
    expect([await isThere(before, here), await isThere(before, other)]).toEqual([false, false]);
  });

  it("needs to be allowed in the region of each replica", async () => {
    const stack = uniqueName();
    const RoleName = uniqueName("role");
    await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustOf("cloudformation.amazonaws.com") }),
    );
    const Statement = { Effect: "Allow" as const, Action: "dynamodb:*", Resource: `arn:aws:dynamodb:${HERE}:*:*` };
    const PolicyDocument = policyOf(Statement);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "here", PolicyDocument }));
    const TemplateBody = body(globalTable([replica(HERE), replica(OTHER)], { TableName: stack }));
    const RoleARN = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;
    await cloudformation.send(new CreateStackCommand({ StackName: stack, TemplateBody, RoleARN }));
    expect(await settled(stack)).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
    expect((await reasons(stack, "Table")).join()).toMatch(
      new RegExp(`not authorized to perform: dynamodb:\\w+ on resource: arn:aws:dynamodb:${OTHER}`),
    );
    expect(await isThere(stack, here)).toBe(false);
  });

  it("has the capacity that its scaling keeps to, in one region, and can become on-demand", async () => {
    const stack = uniqueName();
    const provisioned = globalTable([replica(HERE, { ReadProvisionedThroughputSettings: { ReadCapacityUnits: 5 } })], {
      ...withIndex({
        ReadProvisionedThroughputSettings: { ReadCapacityUnits: 2 },
        WriteProvisionedThroughputSettings: fixed(3),
      }),
      BillingMode: "PROVISIONED",
      WriteProvisionedThroughputSettings: fixed(4),
    });
    await create(stack, provisioned);
    const capacities = async () => {
      const { ProvisionedThroughput, GlobalSecondaryIndexes } = (await described(await tableOf(stack))) ?? {};
      return [ProvisionedThroughput, GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput];
    };
    const expected = [
      { ReadCapacityUnits: 5, WriteCapacityUnits: 4 },
      { ReadCapacityUnits: 2, WriteCapacityUnits: 3 },
    ];
    expect(await capacities()).toMatchObject(expected);
    const onDemand = globalTable([replica(HERE, { ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 7 } })], {
      ...withIndex({ WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 7 } }),
    });
    expect(await update(stack, onDemand)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await capacities()).toMatchObject([{ ReadCapacityUnits: 0 }, { ReadCapacityUnits: 0 }]);
    expect(await update(stack, provisioned)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await capacities()).toMatchObject(expected);
  });

  it("is rolled back when a replica cannot be made: what was there stays", async () => {
    const definition = {
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" as const }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" as const }],
      BillingMode: "PAY_PER_REQUEST" as const,
    };
    const stack = uniqueName();
    await other.send(new CreateTableCommand({ TableName: stack, ...definition }));
    const named = { TableName: stack };
    const replicas = [HERE, THIRD, OTHER].map((region) => replica(region, { DeletionProtectionEnabled: true }));
    expect(await create(stack, globalTable(replicas, named))).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
    expect(await reasons(stack, "Table")).toContainEqual(
      expect.stringContaining("one or more replicas already existed as tables"),
    );
    const left = await Promise.all([here, third, other].map((region) => isThere(stack, region)));
    expect(left).toEqual([false, false, true]);

    const next = uniqueName();
    await other.send(new CreateTableCommand({ TableName: next, ...definition }));
    const alone = { TableName: next, StreamSpecification: { StreamViewType: "KEYS_ONLY" } };
    await create(next, globalTable([replica(HERE)], alone));
    expect(await update(next, globalTable([replica(HERE), replica(OTHER)], alone))).toMatchObject({
      StackStatus: "UPDATE_ROLLBACK_COMPLETE",
    });
    expect(await described(next)).not.toHaveProperty("Replicas");
  });

  it.each<[string, object, RegExp]>([
    [
      "without a replica in the stack's region",
      globalTable([replica(OTHER)]),
      /must contain an entry for the current region/,
    ],
    [
      "whose key changes its type",
      globalTable([replica(HERE)], { AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "N" }] }),
      /Cannot change the type of the attribute pk/,
    ],
    [
      "whose stream changes while it has replicas",
      globalTable([replica(HERE), replica(OTHER)], { StreamSpecification: { StreamViewType: "KEYS_ONLY" } }),
      /Disabling Stream is not allowed for a Global Table replica/,
    ],
  ])("fails to become one %s", async (_what, next, message) => {
    const stack = uniqueName();
    const replicas = message.source.startsWith("Disabling") ? [replica(HERE), replica(OTHER)] : [replica(HERE)];
    await create(stack, globalTable(replicas));
    expect(await update(stack, next)).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
    expect((await reasons(stack, "Table")).some((text) => message.test(text))).toBe(true);
  });

  it.each<[string, object[], object, string]>([
    [
      "strong consistency",
      [replica(HERE)],
      { MultiRegionConsistency: "STRONG" },
      "MultiRegionConsistency is not supported",
    ],
    [
      "witnesses",
      [replica(HERE)],
      { GlobalTableWitnesses: [{ Region: OTHER }] },
      "GlobalTableWitnesses is not supported",
    ],
    [
      "replicas of other accounts",
      [replica(HERE)],
      { GlobalTableSourceArn: "arn" },
      "GlobalTableSourceArn is not supported",
    ],
    [
      "keys of the customer's own",
      [replica(HERE, { SSESpecification: { KMSMasterKeyId: "k" } })],
      { SSESpecification: { SSEEnabled: true, SSEType: "KMS" } },
      "Replicas.0.SSESpecification is not supported",
    ],
    [
      "scaling",
      [replica(HERE, { ReadProvisionedThroughputSettings: { ReadCapacityUnits: 1 } })],
      {
        BillingMode: "PROVISIONED",
        WriteProvisionedThroughputSettings: {
          WriteCapacityAutoScalingSettings: { ...fixed(1).WriteCapacityAutoScalingSettings, MaxCapacity: 9 },
        },
      },
      "#: WriteCapacityAutoScalingSettings whose MinCapacity is not its MaxCapacity is not supported",
    ],
    [
      "provisioned replicas",
      [HERE, OTHER].map((region) => replica(region, { ReadProvisionedThroughputSettings: { ReadCapacityUnits: 1 } })),
      { BillingMode: "PROVISIONED", WriteProvisionedThroughputSettings: fixed(1) },
      "BillingMode: PROVISIONED with several replicas is not supported",
    ],
  ])("refuses %s before anything is made", async (_what, replicas, settings, message) => {
    await expect(create(uniqueName(), globalTable(replicas, settings))).rejects.toThrow(message);
  });

  it.each<[string, object[], object, string]>([
    ["a region twice", [replica(HERE), replica(HERE)], {}, `#/Replicas: there is more than one replica in ${HERE}`],
    [
      "several replicas without a stream",
      [replica(HERE), replica(OTHER)],
      { StreamSpecification: { Ref: "AWS::NoValue" } },
      "required key [StreamSpecification] not found",
    ],
    [
      "a policy of a stream that there is not",
      [replica(HERE, { ReplicaStreamSpecification: { ResourcePolicy: { PolicyDocument: {} } } })],
      {},
      "the replica in us-east-1 says something of its stream",
    ],
    [
      "settings of an index that is none",
      [replica(HERE, { GlobalSecondaryIndexes: [{ IndexName: "none" }] })],
      {},
      "none is none of the table's GlobalSecondaryIndexes",
    ],
    [
      "provisioned capacity of an on-demand table",
      [replica(HERE, { ReadProvisionedThroughputSettings: { ReadCapacityUnits: 1 } })],
      {},
      "#/Replicas/0: ReadProvisionedThroughputSettings cannot be specified when BillingMode is PAY_PER_REQUEST",
    ],
    [
      "a provisioned table without its capacity, which a table is unless it says otherwise",
      [replica(HERE)],
      { BillingMode: { Ref: "AWS::NoValue" } },
      "when BillingMode is PROVISIONED",
    ],
  ])("refuses %s", async (_what, replicas, settings, message) => {
    await expect(create(uniqueName(), globalTable(replicas, settings))).rejects.toThrow(message);
  });
});
