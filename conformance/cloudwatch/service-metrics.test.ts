import { randomBytes } from "node:crypto";
import AdmZip from "adm-zip";
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand as GetRecordsOfTableCommand,
  GetShardIteratorCommand as GetShardIteratorOfTableCommand,
} from "@aws-sdk/client-dynamodb-streams";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  PutRecordsCommand,
} from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { eventually, useClient, useTarget } from "../target.ts";

const HOUR_MS = 3_600_000;

const target = useTarget();
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));

/** A statistic of everything that was measured lately; undefined: nothing was. */
async function measured(
  Namespace: string,
  MetricName: string,
  dimensions: Record<string, string>,
  Stat = "Sum",
): Promise<number | undefined> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const start = Date.now() - HOUR_MS;
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(start - (start % HOUR_MS)),
      EndTime: new Date(start + 2 * HOUR_MS),
      MetricDataQueries: [
        { Id: "m", MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 4 * 3600, Stat } },
      ],
    }),
  );
  return MetricDataResults?.[0]?.Values?.[0];
}

describe("AWS/Kinesis", () => {
  const kinesis = useClient(new KinesisClient(target.clientConfig()));
  const StreamName = "measured";
  const of = (name: string, stat?: string) => measured("AWS/Kinesis", name, { StreamName }, stat);

  it("counts what comes in and what is read, by stream", async () => {
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    const put = () =>
      kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "key", Data: Buffer.from("1234") }));
    await put();
    await kinesis.send(
      new PutRecordsCommand({
        StreamName,
        Records: ["a", "bb"].map((text) => ({ PartitionKey: "key", Data: Buffer.from(text) })),
      }),
    );
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({ StreamName, ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" }),
    );
    await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    expect({
      records: await of("IncomingRecords"),
      bytes: await of("IncomingBytes"),
      putRecord: await of("PutRecord.Success"),
      total: await of("PutRecords.TotalRecords"),
      failed: await of("PutRecords.FailedRecords"),
      read: await of("GetRecords.Records"),
      exceeded: await of("WriteProvisionedThroughputExceeded"),
    }).toEqual({ records: 3, bytes: 16, putRecord: 1, total: 2, failed: 0, read: 3, exceeded: 0 });
    expect(await of("GetRecords.IteratorAgeMilliseconds", "Maximum")).toBeGreaterThanOrEqual(0);
  });
});

describe("AWS/DynamoDB", () => {
  const dynamodb = useClient(new DynamoDBClient(target.clientConfig()));
  const TableName = "measured";
  const of = (name: string, more: Record<string, string> = {}, stat?: string) =>
    measured("AWS/DynamoDB", name, { TableName, ...more }, stat);

  it("counts capacity by table and by global index, latency and items by operation, failed conditions and errors", async () => {
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: ["pk", "gk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        GlobalSecondaryIndexes: [
          {
            IndexName: "by-gk",
            KeySchema: [{ AttributeName: "gk", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
          },
        ],
      }),
    );
    const Item = { pk: { S: "a" }, gk: { S: "b" } };
    const put = (given: object = {}) => dynamodb.send(new PutItemCommand({ TableName, Item, ...given }));
    expect((await put()).ConsumedCapacity).toBeUndefined();
    expect((await put({ ReturnConsumedCapacity: "TOTAL" })).ConsumedCapacity).toEqual({ TableName, CapacityUnits: 1 });
    await expect(put({ ConditionExpression: "attribute_not_exists(pk)" })).rejects.toThrow(
      "The conditional request failed",
    );
    await expect(put({ Item: {} })).rejects.toThrow("Missing the key pk in the item");
    await dynamodb.send(new GetItemCommand({ TableName, Key: { pk: { S: "a" } }, ConsistentRead: true }));
    await dynamodb.send(
      new QueryCommand({
        TableName,
        IndexName: "by-gk",
        KeyConditionExpression: "gk = :g",
        ExpressionAttributeValues: { ":g": { S: "b" } },
      }),
    );
    expect({
      written: await of("ConsumedWriteCapacityUnits"),
      indexWritten: await of("ConsumedWriteCapacityUnits", { GlobalSecondaryIndexName: "by-gk" }),
      read: await of("ConsumedReadCapacityUnits"),
      indexRead: await of("ConsumedReadCapacityUnits", { GlobalSecondaryIndexName: "by-gk" }),
      puts: await of("SuccessfulRequestLatency", { Operation: "PutItem" }, "SampleCount"),
      items: await of("ReturnedItemCount", { Operation: "Query" }),
      conditions: await of("ConditionalCheckFailedRequests"),
      errors: await measured("AWS/DynamoDB", "UserErrors", {}),
    }).toEqual({ written: 2, indexWritten: 1, read: 1, indexRead: 0.5, puts: 2, items: 1, conditions: 1, errors: 1 });
  });

  it("counts what is read of streams, by table and stream", async () => {
    const streams = new DynamoDBStreamsClient(target.clientConfig());
    const { TableDescription } = await dynamodb.send(
      new CreateTableCommand({
        TableName: "measured-stream",
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
      }),
    );
    for (const pk of ["a", "b"]) {
      await dynamodb.send(new PutItemCommand({ TableName: "measured-stream", Item: { pk: { S: pk } } }));
    }
    const { LatestStreamArn: StreamArn, LatestStreamLabel: StreamLabel = "" } = TableDescription ?? {};
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    const { ShardIterator } = await streams.send(
      new GetShardIteratorOfTableCommand({
        StreamArn,
        ShardId: StreamDescription?.Shards?.[0]?.ShardId,
        ShardIteratorType: "TRIM_HORIZON",
      }),
    );
    await streams.send(new GetRecordsOfTableCommand({ ShardIterator }));
    streams.destroy();
    const ofStream = (name: string, stat?: string) =>
      measured("AWS/DynamoDB", name, { TableName: "measured-stream", Operation: "GetRecords", StreamLabel }, stat);
    expect({
      records: await ofStream("ReturnedRecordsCount"),
      bytes: await ofStream("ReturnedBytes"),
      reads: await ofStream("SuccessfulRequestLatency", "SampleCount"),
    }).toEqual({ records: 2, bytes: 6, reads: 1 });
  });
});

describe("AWS/Lambda", () => {
  const lambda = useClient(new LambdaClient(target.clientConfig()));
  const iam = useClient(new IAMClient(target.clientConfig()));
  const FunctionName = "measured";
  const of = (name: string, stat?: string, dimensions: Record<string, string> = { FunctionName }) =>
    measured("AWS/Lambda", name, dimensions, stat);

  /** A metric that the function writes into its log. */
  const LINE = JSON.stringify({
    _aws: {
      Timestamp: 0,
      CloudWatchMetrics: [
        { Namespace: "embedded", Dimensions: [["kind"], []], Metrics: [{ Name: "rows", Unit: "Count" }] },
      ],
    },
    kind: "a",
    rows: [1, 2, 4],
  }).replace('"Timestamp":0', '"Timestamp":${Date.now()}');

  it("counts invocations, errors and durations, by function, by name called and of all functions", async () => {
    const zip = new AdmZip();
    zip.addFile(
      "index.mjs",
      Buffer.from(
        `export const handler = async (event) => { console.log(\`${LINE}\`); if (event.fail) throw new Error("no"); };`,
      ),
    );
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    };
    const RoleName = `measured-${randomBytes(4).toString("hex")}`;
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    const logs = { Effect: "Allow", Action: ["logs:*", "kinesis:*"], Resource: "*" };
    await iam.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: "logs",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [logs] }),
      }),
    );
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: Role?.Arn,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Code: { ZipFile: zip.toBuffer() },
      }),
    );
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
    const invoke = (event: object) =>
      lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), LogType: "Tail" }));
    await invoke({});
    await invoke({ fail: true });
    expect({
      invocations: await of("Invocations"),
      errors: await of("Errors"),
      durations: await of("Duration", "SampleCount"),
      throttles: await of("Throttles"),
      concurrent: await of("ConcurrentExecutions", "Maximum"),
      byName: await of("Invocations", "Sum", { FunctionName, Resource: FunctionName }),
      all: await of("Invocations", "Sum", {}),
    }).toEqual({ invocations: 2, errors: 1, durations: 2, throttles: 0, concurrent: 1, byName: 2, all: 2 });
    expect(await of("Duration", "Maximum")).toBeGreaterThan(0);
    const embedded = await eventually("the metrics that the function wrote into its log", async () => {
      const found = await measured("embedded", "rows", { kind: "a" });
      return found === 14 ? found : undefined;
    });
    expect(embedded).toBe(await measured("embedded", "rows", {}));
  }, 60_000);

  it("tells how old the last record of a batch is", async () => {
    // the stream and the records of the first test
    await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName,
        EventSourceArn: "arn:aws:kinesis:us-east-1:000000000000:stream/measured",
        StartingPosition: "TRIM_HORIZON",
      }),
    );
    const age = await eventually("a batch has come", () => of("IteratorAge", "Maximum"));
    expect(age).toBeGreaterThan(0);
    await eventually("it is counted", async () => ((await of("Invocations")) === 3 ? true : undefined));
  }, 60_000);
});

describe("ListMetrics", () => {
  it("names what the services measured", async () => {
    const { Metrics } = await cloudwatch.send(
      new ListMetricsCommand({ Namespace: "AWS/Kinesis", MetricName: "IncomingRecords" }),
    );
    expect(Metrics).toEqual([
      {
        Namespace: "AWS/Kinesis",
        MetricName: "IncomingRecords",
        Dimensions: [{ Name: "StreamName", Value: "measured" }],
      },
    ]);
  });
});
