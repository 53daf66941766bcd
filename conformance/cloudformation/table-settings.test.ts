import {
  DescribeContributorInsightsCommand,
  DescribeKinesisStreamingDestinationCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { useClient } from "../target.ts";
import { uniqueName, useCloudFormation } from "./fixture.ts";

const { target, create, reasons, update } = useCloudFormation();
const dynamodb = useClient(new DynamoDBClient(target.clientConfig()));

const table = (TableName: string, settings: object) => ({
  Type: "AWS::DynamoDB::Table",
  Properties: {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    ...settings,
  },
});
const stream = { Type: "AWS::Kinesis::Stream", Properties: { ShardCount: 1 } };
const arnOf = (id: string) => ({ "Fn::GetAtt": [id, "Arn"] });

const described = async (TableName: string) => (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table;

const destinations = async (TableName: string) =>
  (await dynamodb.send(new DescribeKinesisStreamingDestinationCommand({ TableName }))).KinesisDataStreamDestinations ??
  [];

describe("AWS::DynamoDB::Table", () => {
  it("has limits, warm throughput and encryption, which are changed in place", async () => {
    const name = uniqueName();
    const first = {
      OnDemandThroughput: { MaxReadRequestUnits: 5, MaxWriteRequestUnits: 6 },
      WarmThroughput: { ReadUnitsPerSecond: 13_000 },
      SSESpecification: { SSEEnabled: true },
    };
    await create(name, { Table: table(name, first) });
    const made = await described(name);
    expect(made).toMatchObject({
      OnDemandThroughput: first.OnDemandThroughput,
      WarmThroughput: { ReadUnitsPerSecond: 13_000, WriteUnitsPerSecond: 4000 },
      SSEDescription: { Status: "ENABLED", SSEType: "KMS" },
    });
    const second = {
      OnDemandThroughput: { MaxReadRequestUnits: 7 },
      WarmThroughput: { ReadUnitsPerSecond: 14_000 },
      SSESpecification: { SSEEnabled: false },
    };
    expect(await update(name, { Table: table(name, second) })).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    const changed = await described(name);
    expect(changed?.TableId).toBe(made?.TableId);
    expect(changed?.OnDemandThroughput).toEqual({ MaxReadRequestUnits: 7 });
    expect(changed?.WarmThroughput?.ReadUnitsPerSecond).toBe(14_000);
    expect(changed).not.toHaveProperty("SSEDescription");
  });

  it("sends its changes to a Kinesis stream, to another one, and to none", async () => {
    const name = uniqueName();
    const to = (id: string, more: object = {}) => ({ KinesisStreamSpecification: { StreamArn: arnOf(id), ...more } });
    const streams = { One: stream, Two: stream };
    await create(name, { ...streams, Table: table(name, to("One")) });
    const [one] = await destinations(name);
    expect(one).toMatchObject({ DestinationStatus: "ACTIVE" });
    const precise = to("One", { ApproximateCreationDateTimePrecision: "MICROSECOND" });
    await update(name, { ...streams, Table: table(name, precise) });
    expect(await destinations(name)).toMatchObject([{ ...one, ApproximateCreationDateTimePrecision: "MICROSECOND" }]);
    await update(name, { ...streams, Table: table(name, to("Two")) });
    expect((await destinations(name)).map(({ DestinationStatus }) => DestinationStatus)).toEqual([
      "ACTIVE",
      "DISABLED",
    ]);
    await update(name, { ...streams, Table: table(name, {}) });
    expect((await destinations(name)).map(({ DestinationStatus }) => DestinationStatus)).toEqual([
      "DISABLED",
      "DISABLED",
    ]);
  });

  it("has contributor insights, of itself and of its indexes", async () => {
    const name = uniqueName();
    const index = (IndexName: string, Enabled: boolean) => ({
      IndexName,
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
      ContributorInsightsSpecification: { Enabled },
    });
    const insights = async (IndexName?: string) => {
      const command = new DescribeContributorInsightsCommand({ TableName: name, ...(IndexName && { IndexName }) });
      const { ContributorInsightsStatus, ContributorInsightsMode } = await dynamodb.send(command);
      return [ContributorInsightsStatus, ContributorInsightsMode];
    };
    const first = {
      ContributorInsightsSpecification: { Enabled: true, Mode: "THROTTLED_KEYS" },
      GlobalSecondaryIndexes: [index("one", true), index("two", false)],
    };
    await create(name, { Table: table(name, first) });
    expect(await insights()).toEqual(["ENABLED", "THROTTLED_KEYS"]);
    expect(await insights("one")).toEqual(["ENABLED", "ACCESSED_AND_THROTTLED_KEYS"]);
    expect(await insights("two")).toEqual(["DISABLED", undefined]);
    const second = {
      ContributorInsightsSpecification: { Enabled: true },
      GlobalSecondaryIndexes: [index("one", false), index("two", false), index("three", true)],
    };
    await update(name, { Table: table(name, second) });
    expect(await insights()).toEqual(["ENABLED", "ACCESSED_AND_THROTTLED_KEYS"]);
    expect((await insights("one"))[0]).toBe("DISABLED");
    expect((await insights("three"))[0]).toBe("ENABLED");
    await update(name, { Table: table(name, { GlobalSecondaryIndexes: second.GlobalSecondaryIndexes }) });
    expect((await insights())[0]).toBe("DISABLED");
  });

  it("fails with the reason of a stream that cannot be one", async () => {
    const name = uniqueName();
    const StreamArn = "arn:aws:kinesis:us-east-1:000000000000:stream/absent";
    const stack = await create(name, { Table: table(name, { KinesisStreamSpecification: { StreamArn } }) });
    expect(stack.StackStatus).toBe("ROLLBACK_COMPLETE");
  });

  it("becomes provisioned, and its limits go with that", async () => {
    const name = uniqueName();
    await create(name, { Table: table(name, { OnDemandThroughput: { MaxReadRequestUnits: 5 } }) });
    const ProvisionedThroughput = { ReadCapacityUnits: 2, WriteCapacityUnits: 3 };
    const provisioned = { Table: table(name, { BillingMode: "PROVISIONED", ProvisionedThroughput }) };
    expect(await update(name, provisioned)).toMatchObject({ StackStatus: "UPDATE_COMPLETE" });
    expect(await described(name)).toMatchObject({ ProvisionedThroughput });
  });

  it("is as it was after an update of which only a part can be done", async () => {
    const name = uniqueName();
    const index = (hash: string, more: object = {}) => ({
      AttributeDefinitions: ["pk", "color", "size"]
        .filter((key) => ["pk", hash].includes(key))
        .map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      GlobalSecondaryIndexes: [
        {
          IndexName: "index",
          KeySchema: [{ AttributeName: hash, KeyType: "HASH" }],
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["b", "a"] },
          ...more,
        },
      ],
    });
    const changes = (more: object) => ({ KinesisStreamSpecification: { StreamArn: arnOf("One"), ...more } });
    await create(name, { One: stream, Table: table(name, { ...index("color"), ...changes({}) }) });
    const made = await described(name);
    const ProvisionedThroughput = { ReadCapacityUnits: 2, WriteCapacityUnits: 3 };
    const next = {
      BillingMode: "PROVISIONED",
      ProvisionedThroughput,
      SSESpecification: { SSEEnabled: true },
      ...changes({ ApproximateCreationDateTimePrecision: "MICROSECOND" }),
      ...index("size", { ProvisionedThroughput }),
    };
    expect(await update(name, { One: stream, Table: table(name, next) })).toMatchObject({
      StackStatus: "UPDATE_ROLLBACK_COMPLETE",
    });
    const left = await described(name);
    expect(left?.BillingModeSummary?.BillingMode).toBe("PAY_PER_REQUEST");
    expect(left).not.toHaveProperty("SSEDescription");
    expect(left?.GlobalSecondaryIndexes?.[0]?.KeySchema).toEqual(made?.GlobalSecondaryIndexes?.[0]?.KeySchema);
  });

  it("keeps its indexes and their throughput when they cannot go with the billing mode", async () => {
    const name = uniqueName();
    const ProvisionedThroughput = { ReadCapacityUnits: 2, WriteCapacityUnits: 3 };
    const indexes = (keys: Record<string, string>, throughput: object) => ({
      AttributeDefinitions: [...new Set(["pk", ...Object.values(keys)])].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      GlobalSecondaryIndexes: Object.entries(keys).map(([IndexName, AttributeName]) => ({
        IndexName,
        KeySchema: [{ AttributeName, KeyType: "HASH" }],
        Projection: { ProjectionType: "ALL" },
        ...throughput,
      })),
    });
    const first = {
      BillingMode: "PROVISIONED",
      ProvisionedThroughput,
      ...indexes({ one: "pk", two: "pk" }, { ProvisionedThroughput }),
    };
    await create(name, { Table: table(name, first) });
    // neither at once; and one of them, where the other is refused when the billing mode is another already
    for (const [second, reason, wasOnDemand] of [
      [{}, "more than one GSI", false],
      [indexes({ two: "color" }, {}), "Cannot update GSI", true],
    ] as const) {
      expect(await update(name, { Table: table(name, second) })).toMatchObject({
        StackStatus: "UPDATE_ROLLBACK_COMPLETE",
      });
      expect((await reasons(name, "Table")).join()).toContain(reason);
      const left = await described(name);
      expect(left).toMatchObject({ ProvisionedThroughput });
      expect(left?.BillingModeSummary?.LastUpdateToPayPerRequestDateTime !== undefined).toBe(wasOnDemand);
      const kept = new Map(
        left?.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index.ProvisionedThroughput]),
      );
      expect(kept.size).toBe(2);
      expect(kept.get("one")).toMatchObject(ProvisionedThroughput);
      expect(kept.get("two")).toMatchObject(ProvisionedThroughput);
    }
  });
});
