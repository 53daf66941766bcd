import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { CreateStreamCommand, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { iterator, read, texts, useKinesis } from "../../conformance/kinesis/support.ts";
import { eventually, useClient } from "../../conformance/target.ts";

const STREAM = "rows";
/** What a shard takes in a second. */
const MOST_RECORDS = 1000;
const { kinesis, target, settle } = useKinesis("on");
const cloudwatch = useClient(new CloudWatchClient(target.clientConfig()));
let ingest: (typeof import("./ingest.ts"))["handler"];

beforeAll(async () => {
  Object.assign(process.env, {
    ...{ STREAM_NAME: STREAM, AWS_ENDPOINT_URL: target.endpoint, AWS_REGION: "us-east-1", AWS_MAX_ATTEMPTS: "1" },
    ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", POWERTOOLS_LOG_LEVEL: "SILENT" },
  });
  await kinesis.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: 1 }));
  await settle();
  ({ handler: ingest } = await import("./ingest.ts"));
});

const rows = (count: number, invoice: string) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ InvoiceNo: invoice, StockCode: "85123A", Quantity: 6, InvoiceDate: "12/1/10 8:26", UnitPrice: 2.55 },
    ...{ Country: "United Kingdom", LineNumber: index + 1 },
  }));

async function post(body: unknown, leftMs: number) {
  const event = { body: JSON.stringify(body), isBase64Encoded: false } as APIGatewayProxyEvent;
  const context = { getRemainingTimeInMillis: () => leftMs } as Context;
  const { statusCode, headers, body: text } = (await ingest(event, context, () => {})) as APIGatewayProxyResult;
  return {
    statusCode,
    headers,
    answer: JSON.parse(text) as { records?: unknown[]; message?: string; rows?: number[] },
  };
}

/** Leaves the shard room for so many records; time stands still. */
async function fill(room: number): Promise<void> {
  await target.clock.advance(1000);
  for (const count of [500, MOST_RECORDS - 500 - room]) {
    const Records = Array.from({ length: count }, () => ({ PartitionKey: "other", Data: Buffer.from("other") }));
    await kinesis.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
  }
}

async function refusals(): Promise<number> {
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      ...{
        Namespace: "AWS/Kinesis",
        MetricName: "WriteProvisionedThroughputExceeded",
        Period: 60,
        Statistics: ["Sum"],
      },
      Dimensions: [{ Name: "StreamName", Value: STREAM }],
      StartTime: new Date(target.clock.now() - 300_000),
      EndTime: new Date(target.clock.now() + 60_000),
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}

const storedLines = async (invoice: string) =>
  texts(await read(kinesis, await iterator(kinesis, STREAM)))
    .filter((text) => text.includes(invoice))
    .map((text) => (JSON.parse(text) as { LineNumber: number }).LineNumber);

describe("POST /invoices, where the stream takes no more", () => {
  it("puts the rows once it takes more", async () => {
    await fill(0);
    const before = await refusals();
    const posting = post(rows(500, "536365"), 29_000);
    await eventually("rows are refused", async () => ((await refusals()) > before ? true : undefined));
    await target.clock.advance(1000);
    const { statusCode, answer } = await posting;
    expect(statusCode).toBe(202);
    expect(answer.records).toHaveLength(500);
    expect(await storedLines("536365")).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  });

  it("answers 503 in time, and names the rows that are not stored", async () => {
    await fill(7);
    const { statusCode, headers, answer } = await post(rows(10, "536366"), 4200);
    expect({ statusCode, retryAfter: headers?.["Retry-After"], answer }).toEqual({
      ...{ statusCode: 503, retryAfter: "1" },
      answer: {
        message: "3 of 10 rows are not stored, as the stream takes no more: send them again.",
        rows: [7, 8, 9],
      },
    });
    await target.clock.advance(1000);
    const again = rows(10, "536366").filter((_, place) => answer.rows?.includes(place));
    expect((await post(again, 29_000)).statusCode).toBe(202);
    expect(await storedLines("536366")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
