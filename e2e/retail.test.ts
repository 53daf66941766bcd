import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { type AttributeValue, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { parse } from "csv-parse/sync";
import { PACKAGE_ROOT } from "../cli/package.ts";
import { usePipeline } from "./deployed-pipeline.ts";
import { itUnless } from "./targets/it-unless.ts";
import { itemsOf, keysOf, textOf } from "./stored.ts";

const SAMPLE_FILE = join(PACKAGE_ROOT, "data", "retail.csv");

const pipeline = usePipeline("retail", { MaximumBatchingWindowInSeconds: "0", BatchSize: "50" });

let url: string;

beforeAll(async () => {
  url = (await pipeline.commands.environment!(pipeline.deployed))["API_URL"]!;
});

interface Line {
  readonly InvoiceNo: string;
  readonly LineNumber?: number;
  readonly StockCode: string;
  readonly Description?: string;
  readonly Quantity: number;
  readonly InvoiceDate: string;
  readonly UnitPrice: number;
  readonly CustomerID?: string;
  readonly Country: string;
  readonly Cancelled: boolean;
}

/** What the sample file says, read without the project's code. */
function sourceLines(): Line[] {
  const numbers = new Map<string, number>();
  return parse<Record<string, string>>(readFileSync(SAMPLE_FILE), { columns: true }).map((row) => {
    const InvoiceNo = row["InvoiceNo"]!;
    const LineNumber = (numbers.get(InvoiceNo) ?? 0) + 1;
    numbers.set(InvoiceNo, LineNumber);
    const [month = "", day = "", year = "", hour = "", minute = ""] = row["InvoiceDate"]!.split(/[/ :]/);
    const two = (part: string) => part.padStart(2, "0");
    return {
      ...{
        InvoiceNo,
        LineNumber,
        StockCode: row["StockCode"]!,
        Description: row["Description"]!,
        Country: row["Country"]!,
      },
      Quantity: Number(row["Quantity"]),
      InvoiceDate: `20${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:00`,
      UnitPrice: Number(row["UnitPrice"]),
      ...(row["CustomerID"] !== "" && { CustomerID: row["CustomerID"]! }),
      Cancelled: InvoiceNo.startsWith("C"),
    };
  });
}

const keyOf = (line: Line) => `${line.InvoiceNo} ${String(line.LineNumber).padStart(6, "0")}`;
const byKey = (a: Line, b: Line) => (keyOf(a) < keyOf(b) ? -1 : 1);
const ofFile = (lines: readonly Line[]) =>
  lines.filter(({ InvoiceNo }) => /^C?8\d{5}$/.test(InvoiceNo)).toSorted(byKey);

function lineOf(item: Record<string, AttributeValue>): Line {
  const { Line: _line, InvoiceLine: _invoiceLine, ...rest } = item;
  return Object.fromEntries(
    Object.entries(rest).map(([name, { S, N, BOOL }]) => [name, S ?? BOOL ?? Number(N)]),
  ) as unknown as Line;
}

const table = async (name: string): Promise<Line[]> => (await itemsOf(pipeline.target, name)).map(lineOf);

const invoices = () => table(pipeline.output("InvoicesTableName"));

/** The lines of each raw object. An object is read once: what has its key has its lines. */
const rawObjects = new Map<string, readonly Line[]>();

/** Every line of every object, in the order of their keys. */
async function rawLines(): Promise<Line[]> {
  const bucket = pipeline.output("RawBucketName");
  const keys = await keysOf(pipeline.target, bucket);
  for (const key of keys.filter((each) => !rawObjects.has(each))) {
    expect(key).toMatch(/^raw\/\d{4}\/\d\d\/\d\d\/shardId-\d{12}\/\d+-\d+\.jsonl$/);
    const text = await textOf(pipeline.target, bucket, key);
    const lines = text.trim().split("\n");
    rawObjects.set(
      key,
      lines.map((line) => JSON.parse(line) as Line),
    );
  }
  return keys.flatMap((key) => rawObjects.get(key)!);
}

async function post(body: unknown) {
  const response = await fetch(`${url}/invoices`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json()) as { message: string; field?: string; records?: object[] },
  };
}

async function get(path: string) {
  const response = await fetch(url + path);
  const body = (await response.json()) as { message?: string; field?: string; lines?: Line[]; nextToken?: string };
  return { status: response.status, headers: response.headers, body };
}

const row = (changes: object = {}) => ({
  ...{ InvoiceNo: "700001", StockCode: "85123A", Description: "LANTERN", Quantity: 6, InvoiceDate: "12/1/10 8:26" },
  ...{ UnitPrice: 2.55, CustomerID: "17850", Country: "United Kingdom" },
  ...changes,
});

describe("retail", () => {
  it("stores every row of the file once: raw in S3, by invoice, and by customer where there is one", async () => {
    const expected = sourceLines();
    expect(expected.filter((line) => line.Cancelled).length).toBeGreaterThan(0);
    expect(expected.filter((line) => line.CustomerID === undefined).length).toBeGreaterThan(expected.length / 6);
    const run = pipeline.producer({ file: SAMPLE_FILE, workers: 4, rate: 5000 });
    await run.run();
    expect(run.stats).toMatchObject({ sent: expected.length, refused: 0, skipped: 0 });

    const stored = await pipeline.eventually(invoices, ({ length }) => length >= expected.length);
    expect(stored.toSorted(byKey)).toEqual(expected.toSorted(byKey));
    const withCustomer = expected.filter((line) => line.CustomerID !== undefined);
    const customers = await pipeline.eventually(
      () => table(pipeline.output("CustomersTableName")),
      ({ length }) => length >= withCustomer.length,
    );
    expect(customers.toSorted(byKey)).toEqual(withCustomer.toSorted(byKey));
    const raw = await pipeline.eventually(rawLines, ({ length }) => length >= expected.length);
    expect(raw.toSorted(byKey)).toEqual(expected.toSorted(byKey));
  });

  it("changes no table when the file is sent again", async () => {
    const expected = sourceLines();
    await pipeline.producer({ file: SAMPLE_FILE, workers: 4, rate: 5000, limit: 60 }).run();
    await pipeline.eventually(rawLines, ({ length }) => length >= expected.length + 60);
    // the tables' mapping reads the same stream: a row behind those tells that it has read them
    await post(row({ InvoiceNo: sourceLines()[0]!.InvoiceNo, LineNumber: 999_999 }));
    const found = await pipeline.eventually(invoices, (lines) =>
      lines.some(({ LineNumber }) => LineNumber === 999_999),
    );
    expect(ofFile(found).filter(({ LineNumber }) => LineNumber !== 999_999)).toEqual(expected.toSorted(byKey));
  });

  it("answers 202 with a sequence number for each row, in the order of the rows", async () => {
    expect(await post(row())).toEqual({
      status: 202,
      body: {
        records: [{ shardId: expect.stringMatching(/^shardId-/), sequenceNumber: expect.stringMatching(/^\d{50,}$/) }],
      },
    });
    const { status, body } = await post([row({ LineNumber: 2 }), row({ LineNumber: 3 }), row({ LineNumber: 4 })]);
    expect([status, body.records?.length]).toEqual([202, 3]);
  });

  it("keeps every line of an invoice that repeats a stock code and gives no line numbers", async () => {
    await post([row({ InvoiceNo: "700002" }), row({ InvoiceNo: "700002" }), row({ InvoiceNo: "700002", Quantity: 7 })]);
    const { body } = await pipeline.eventually(
      () => get("/invoices/700002"),
      ({ body: { lines = [] } }) => lines.length >= 3,
    );
    expect(body.lines?.map(({ Quantity }) => Quantity)).toEqual([6, 6, 7]);
  });

  it.each([
    ["a quantity in words", row({ Quantity: "six" }), "Quantity"],
    ["half a piece", row({ Quantity: 0.5 }), "Quantity"],
    ["a price in words", [row(), row({ UnitPrice: "2.55" })], "UnitPrice"],
    ["a day that no calendar has", row({ InvoiceDate: "2/30/11 9:00" }), "InvoiceDate"],
    ["an empty invoice number", row({ InvoiceNo: " " }), "InvoiceNo"],
    ["a customer in words", row({ CustomerID: "Smith" }), "CustomerID"],
  ])("refuses %s with 400 and the field's name", async (_, body, field) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(field);
  });

  describe.each([
    ["a row without a country", row({ Country: undefined }), "Country"],
    ["rows of which one has no price", [row(), row({ UnitPrice: undefined })], "UnitPrice"],
  ])("%s", (_, body, field) => {
    it("is refused before the function sees it", async () => {
      expect((await post(body)).status).toBe(400);
    });

    itUnless("gateway-responses")("is told by the field's name", async () => {
      expect((await post(body)).body.message).toContain(field);
    });
  });

  it.each([
    ["no rows", []],
    ["more rows than Kinesis takes", Array.from({ length: 501 }, () => row())],
    ["a number", 42],
  ])("refuses %s", async (_, body) => {
    expect(await post(body)).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^Invalid request body/) },
    });
  });

  it("answers the lines of an invoice and of a customer page by page, with numbers as numbers", async () => {
    const expected = sourceLines();
    const [invoice] = [...new Set(expected.map(({ InvoiceNo }) => InvoiceNo))].filter(
      (number) => expected.filter(({ InvoiceNo }) => InvoiceNo === number).length >= 5,
    );
    const customer = expected.find(({ CustomerID }) => CustomerID !== undefined)!.CustomerID!;
    for (const path of [`/invoices/${invoice}`, `/customers/${customer}/invoices`, `/query?InvoiceNo=${invoice}`]) {
      const lines: Line[] = [];
      let token = "";
      do {
        const page: Awaited<ReturnType<typeof get>> = await get(
          `${path}${path.includes("?") ? "&" : "?"}limit=2${token}`,
        );
        expect(page.status).toBe(200);
        expect(page.body.lines!.length).toBeLessThanOrEqual(2);
        lines.push(...page.body.lines!);
        token = page.body.nextToken === undefined ? "" : `&nextToken=${page.body.nextToken}`;
      } while (token !== "");
      const wanted = expected.filter((line) =>
        path.startsWith("/customers") ? line.CustomerID === customer : line.InvoiceNo === invoice,
      );
      expect(lines.filter(({ LineNumber }) => LineNumber !== 999_999).toSorted(byKey)).toEqual(wanted.toSorted(byKey));
    }
  });

  it.each([
    ["/invoices/999999", 404],
    ["/customers/1/invoices", 404],
    ["/query?InvoiceNo=999999", 404],
    ["/query", 400],
    ["/query?InvoiceNo=", 400],
    ["/query?InvoiceNo=800001&CustomerID=1", 400],
    ["/invoices/800001?limit=0", 400],
    ["/invoices/800001?nextToken=%21", 400],
  ])("answers %s with %d", async (path, status) => {
    const answer = await get(path);
    expect([answer.status, typeof answer.body.message]).toEqual([status, "string"]);
  });

  it("lets pages of other origins call it", async () => {
    const origin = "https://shop.example";
    const preflight = await fetch(`${url}/invoices`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    const found = await fetch(`${url}/invoices/800001`, { headers: { origin } });
    expect([found.status, found.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
  });

  itUnless("gateway-responses")("lets pages of other origins read why they are refused", async () => {
    const headers = { origin: "https://shop.example" };
    const refused = await fetch(`${url}/invoices`, { method: "POST", body: "[]", headers });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([400, "*"]);
  });

  it("has alarms on errors, iterator age and 5xx, which act on the topic", async () => {
    const client = new CloudWatchClient(pipeline.target.clientConfig);
    const AlarmNames = await pipeline.physicalIds("AWS::CloudWatch::Alarm");
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames }));
    const topic = pipeline.output("AlarmTopicArn");
    expect(MetricAlarms.map(({ MetricName }) => String(MetricName)).toSorted()).toEqual([
      ...["5XXError", "Errors", "Errors", "Errors", "Errors", "IteratorAge", "IteratorAge"],
    ]);
    for (const { AlarmActions } of MetricAlarms) expect(AlarmActions).toEqual([topic]);
  });

  itUnless("stack-updates")(
    "switches its tables to provisioned capacity by a parameter, and keeps their data",
    async () => {
      const before = await invoices();
      await pipeline.deploy({ BillingMode: "PROVISIONED", WriteCapacityUnits: "50" });
      const { Table } = await new DynamoDBClient(pipeline.target.clientConfig).send(
        new DescribeTableCommand({ TableName: pipeline.output("InvoicesTableName") }),
      );
      expect(Table?.ProvisionedThroughput).toMatchObject({ ReadCapacityUnits: 5, WriteCapacityUnits: 50 });
      expect(await invoices()).toHaveLength(before.length);
    },
  );

  it("answers 502 while the function behind the API is broken", async () => {
    const lambda = new LambdaClient(pipeline.target.clientConfig);
    const FunctionName = pipeline.output("IngestFunctionName");
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Handler: "ingest.none" }));
    const response = await fetch(`${url}/invoices`, { method: "POST", body: JSON.stringify(row()) });
    expect([response.status, await response.json()]).toEqual([502, { message: "Internal server error" }]);
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Handler: "ingest.handler" }));
    expect((await post(row({ LineNumber: 5 }))).status).toBe(202);
  });

  it("leaves nothing behind when it is destroyed", async () => {
    expect(await pipeline.destroy()).toEqual([]);
  });
});
