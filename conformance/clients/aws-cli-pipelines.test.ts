import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, useTarget } from "../target.ts";
import { awsCli, describeUnless, whyMissing, writeBundles } from "./tools.ts";

const TEST_MS = 180_000;
const PATIENCE_MS = 30_000;

const target = useTarget();
const { run: aws, json } = awsCli(target);
let folder: string;

/** With nothing but the AWS CLI and HTTP: what the `headwater` command does with the pipelines. Rivers is in aws-cli.test.ts. */
describeUnless(whyMissing("aws", "--version"), "the AWS CLI and the pipelines")("the AWS CLI", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "hw-aws-cli-"));
    writeBundles(folder, ["retail", "weather", "iot", "sensors"]);
    await aws("s3", "mb", "s3://pipelines");
    await aws("s3", "cp", folder, "s3://pipelines", "--recursive", "--exclude", "*", "--include", "*.zip");
  }, TEST_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    "deploys retail, posts rows, finds them in DynamoDB and S3, hears of alarms and deletes it",
    async () => {
      const outputs = await deploy("retail", "MaximumBatchingWindowInSeconds=0");
      const url = `${target.endpoint}/restapis/${outputs["ApiId"]}/${outputs["StageName"]}/_user_request_`;
      const rows = [
        line("536365", "85123A", 6, "17850"),
        line("536365", "71053", 8, "17850"),
        line("C536379", "D", -1),
      ];
      const posted = await fetch(`${url}/invoices`, { method: "POST", body: JSON.stringify(rows) });
      expect(posted.status).toBe(202);

      const stored = await eventually(
        "the invoice is stored",
        async () => {
          const { Items } = await query("retail-invoices", "InvoiceNo", "536365");
          return Items.length === 2 ? Items : undefined;
        },
        PATIENCE_MS,
      );
      expect(stored).toMatchObject([
        { StockCode: { S: "85123A" }, Quantity: { N: "6" }, InvoiceDate: { S: "2010-12-01T08:26:00" } },
        { StockCode: { S: "71053" }, Quantity: { N: "8" }, CustomerID: { S: "17850" } },
      ]);
      const counted = await json("dynamodb", "scan", "--table-name", "retail-customers", "--select", "COUNT");
      expect(counted).toMatchObject({ Count: 2 });

      const raw = join(folder, "raw");
      const lines = await eventually(
        "the rows are in S3",
        async () => {
          await aws("s3", "sync", `s3://${outputs["RawBucketName"]}`, raw);
          const found = linesUnder(raw);
          return found.length === 3 ? found : undefined;
        },
        PATIENCE_MS,
      );
      expect(new Set(lines.map(({ StockCode }) => StockCode))).toEqual(new Set(["71053", "85123A", "D"]));

      const [answer, event] = [join(folder, "answer.json"), join(folder, "event.json")];
      writeFileSync(event, JSON.stringify(proxyEvent("/invoices/{InvoiceNo}", { InvoiceNo: "536365" })));
      const invoke = ["lambda", "invoke", "--function-name", outputs["QueryFunctionName"]!];
      expect(await json(...invoke, "--payload", `fileb://${event}`, answer)).toMatchObject({ StatusCode: 200 });
      expect(JSON.parse(readFileSync(answer, "utf8"))).toMatchObject({ statusCode: 200 });
      expect(
        await json(
          ...["lambda", "list-event-source-mappings", "--function-name", "retail-store"],
          ...["--query", "EventSourceMappings[].[State, BatchSize, FunctionResponseTypes[0]]"],
        ),
      ).toEqual([["Enabled", 100, "ReportBatchItemFailures"]]);

      await hearOfAlarm(outputs["AlarmTopicArn"]!, "retail-IngestErrorsAlarm");
      await destroy("retail", outputs["RawBucketName"]!);
    },
    TEST_MS,
  );

  it(
    "deploys weather, puts observations, asks both tables and an index, and deletes it",
    async () => {
      const outputs = await deploy("weather", "MaximumBatchingWindowInSeconds=0");
      const observations = [
        { Station: "USW00093721", Date: "2021-10-15", MinimumTemperatureF: 60.1, PrecipitationMm: 0.3 },
        { Station: "USC00180465", Date: "2021-10-15", MinimumTemperatureF: 41, SnowfallMm: 0 },
        { Station: "USW00093721", Date: "2021-10-16", MinimumTemperatureF: 50, MaximumTemperatureF: 77 },
      ];
      const records = observations.map((each) => ({ Data: JSON.stringify(each), PartitionKey: each.Station }));
      const put = await json(
        ...["kinesis", "put-records", "--stream-name", outputs["StreamName"]!],
        ...["--records", file("records.json", records)],
      );
      expect(put).toMatchObject({ FailedRecordCount: 0 });
      await eventually(
        "all are stored",
        async () =>
          (await json<{ Count: number }>("dynamodb", "scan", "--table-name", "weather-by-station")).Count === 3 ||
          undefined,
        PATIENCE_MS,
      );
      const { Items } = await query("weather-by-date", "Date", "2021-10-15");
      expect(Items).toEqual([
        {
          ...{ Station: { S: "USC00180465" }, Date: { S: "2021-10-15" }, Month: { S: "2021-10" } },
          ...{ MinimumTemperatureF: { N: "41" }, SnowfallMm: { N: "0" } },
        },
        {
          ...{ Station: { S: "USW00093721" }, Date: { S: "2021-10-15" }, Month: { S: "2021-10" } },
          ...{ MinimumTemperatureF: { N: "60.1" }, PrecipitationMm: { N: "0.3" } },
        },
      ]);
      const coldest = await aws(
        ...["dynamodb", "query", "--table-name", "weather-by-date", "--index-name", "coldest"],
        ...["--key-condition-expression", "#m = :m", "--expression-attribute-names", '{"#m":"Month"}'],
        ...["--expression-attribute-values", '{":m":{"S":"2021-10"}}', "--page-size", "1", "--max-items", "2"],
        ...["--query", "Items[].[Station.S, MinimumTemperatureF.N]", "--output", "text"],
      );
      expect(coldest.trim().split("\n").slice(0, 2)).toEqual(["USC00180465\t41", "USW00093721\t50"]);
      const policies = await json(
        ...["iam", "list-attached-role-policies", "--role-name", "KinesisLambdaConsumerRole"],
        ...["--query", "sort(AttachedPolicies[].PolicyName)"],
      );
      expect(policies).toEqual(["AWSLambdaBasicExecutionRole", "LambdaFunctionPolicy"]);
      await destroy("weather");
    },
    TEST_MS,
  );

  it(
    "deploys iot, puts events to Firehose, syncs the data lake and deletes it",
    async () => {
      const outputs = await deploy("iot", "BufferIntervalInSeconds=1", "FunctionBufferIntervalInSeconds=1");
      const stream = ["--delivery-stream-name", outputs["DeliveryStreamName"]!];
      const events = [1, 2, 3].map((number) => ({
        ...{ event_id: `e${number}`, device_id: "dévice", timestamp: "2026-03-01T10:00:00Z" },
        ...{ temperature_celsius: number, humidity_percent: 50, battery_percent: 99 },
      }));
      const records = [...events.map((event) => JSON.stringify(event)), "not JSON"].map((Data) => ({ Data }));
      const put = await json("firehose", "put-record-batch", ...stream, "--records", file("batch.json", records));
      expect(put).toMatchObject({ FailedPutCount: 0 });

      const [bucket, lake] = [`s3://${outputs["DataLakeBucketName"]}`, join(folder, "lake")];
      await eventually(
        "events and the malformed record are delivered",
        async () => {
          const listed = await aws("s3", "ls", bucket, "--recursive");
          return /processed\/.*\.jsonl$/m.test(listed) && /error\/processing-failed\//.test(listed) ? true : undefined;
        },
        PATIENCE_MS,
      );
      await aws("s3", "sync", bucket, lake);
      expect(linesUnder(join(lake, "processed"))).toEqual(events);
      const errors = linesUnder(join(lake, "error"));
      expect(errors.map(({ rawData }) => Buffer.from(String(rawData), "base64").toString())).toEqual(["not JSON"]);
      const status = [
        "--query",
        "DeliveryStreamDescription.[DeliveryStreamStatus, CreateTimestamp]",
        "--output",
        "text",
      ];
      expect(await aws("firehose", "describe-delivery-stream", ...stream, ...status)).toMatch(/^ACTIVE\t20\d\d-.*T/);
      await destroy("iot", outputs["DataLakeBucketName"]!);
    },
    TEST_MS,
  );

  it(
    "deploys sensors, posts with its key, reads object, log and usage, meets the quota and deletes it",
    async () => {
      const outputs = await deploy("sensors");
      const url = `${target.endpoint}/restapis/${outputs["ApiId"]}/${outputs["StageName"]}/_user_request_/events`;
      const getKey = ["apigateway", "get-api-key", "--api-key", outputs["ApiKeyId"]!];
      const key = (await aws(...getKey, "--include-value", "--query", "value", "--output", "text")).trim();
      expect(await json(...getKey)).not.toHaveProperty("value");
      const event = { id: randomUUID(), sensor_id: randomUUID(), temperature: 20.5, epoch: 1_772_359_200 };
      const post = (headers: Record<string, string>) =>
        fetch(url, { method: "POST", headers, body: JSON.stringify(event) }).then(async (response) => ({
          status: response.status,
          body: (await response.json()) as { message?: string; key?: string },
        }));
      expect(await post({})).toEqual({ status: 403, body: { message: "Forbidden" } });
      const { status, body } = await post({ "x-api-key": key });
      expect(status).toBe(201);
      const object = await aws("s3", "cp", `s3://${outputs["EventsBucketName"]}/${body.key}`, "-");
      expect(JSON.parse(object)).toMatchObject({ ...event, temperature_fahrenheit: 68.9 });

      const api = ["--rest-api-id", outputs["ApiId"]!];
      const resources = ["apigateway", "get-resources", ...api, "--page-size", "1"];
      const resource = await aws(...resources, "--query", "items[?path=='/events'].id", "--output", "text");
      const tested = await json<{ status: number; log: string }>(
        ...["apigateway", "test-invoke-method", ...api, "--resource-id", resource.trim(), "--http-method", "POST"],
        ...["--body", JSON.stringify({ ...event, temperature: "warm" })],
      );
      expect(tested).toMatchObject({ status: 400, log: expect.stringMatching(/Method completed with status: 400\n$/) });

      const messages = ["--filter-pattern", '{ $.message = "event stored" }', "--query", "events[].message"];
      const logged = await eventually("the function's log tells of the event", async () => {
        const logGroup = ["--log-group-name", outputs["LogGroupName"]!];
        const found = await json<string[]>("logs", "filter-log-events", ...logGroup, ...messages);
        return found.length > 0 ? found : undefined;
      });
      expect(logged.map((message) => (JSON.parse(message) as { id: string }).id)).toEqual([event.id]);

      const plan = ["--usage-plan-id", outputs["UsagePlanId"]!];
      const quota = JSON.stringify([{ op: "replace", path: "/quota/limit", value: "1" }]);
      await aws("apigateway", "update-usage-plan", ...plan, "--patch-operations", quota);
      expect(await post({ "x-api-key": key })).toEqual({ status: 429, body: { message: "Limit Exceeded" } });
      const today = new Date().toISOString().slice(0, 10);
      const usage = await json<{ items: Record<string, number[][]> }>(
        ...["apigateway", "get-usage", ...plan, "--start-date", today, "--end-date", today],
      );
      expect(usage.items).toEqual({ [outputs["ApiKeyId"]!]: [[1, 0]] });
      await destroy("sensors", outputs["EventsBucketName"]!);
    },
    TEST_MS,
  );
});

/** Deploys a pipeline as its stack: the stack's outputs. */
async function deploy(name: string, ...parameters: readonly string[]): Promise<Readonly<Record<string, string>>> {
  await aws(
    ...["cloudformation", "deploy", "--stack-name", name, "--template-file", `handlers/${name}/template.yaml`],
    ...[
      "--capabilities",
      "CAPABILITY_NAMED_IAM",
      "--parameter-overrides",
      "CodeBucket=pipelines",
      `CodeKey=${name}.zip`,
    ],
    ...parameters,
  );
  const outputs = await json<[string, string][]>(
    ...["cloudformation", "describe-stacks", "--stack-name", name],
    ...["--query", "Stacks[0].Outputs[].[OutputKey, OutputValue]"],
  );
  return Object.fromEntries(outputs);
}

/** Empties the buckets of a stack, of all versions, and deletes it. */
async function destroy(name: string, ...buckets: readonly string[]): Promise<void> {
  for (const bucket of buckets) {
    await aws("s3", "rm", `s3://${bucket}`, "--recursive");
    await removeVersions(bucket);
  }
  await aws("cloudformation", "delete-stack", "--stack-name", name);
  await aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", name);
  const deleted = ["--stack-status-filter", "DELETE_COMPLETE", "--query", "StackSummaries[].StackName"];
  expect(await json("cloudformation", "list-stacks", ...deleted)).toContain(name);
}

/** The versions and delete markers of a bucket, which `aws s3` knows nothing of. */
async function removeVersions(bucket: string): Promise<void> {
  const query = "{Objects: [Versions, DeleteMarkers][][].{Key: Key, VersionId: VersionId}}";
  const found = await json<{ Objects: unknown[] | null }>(
    ...["s3api", "list-object-versions", "--bucket", bucket, "--query", query],
  );
  if (!found.Objects?.length) return;
  await aws("s3api", "delete-objects", "--bucket", bucket, "--delete", JSON.stringify(found));
}

/** A queue hears by the topic when an alarm is set off. */
async function hearOfAlarm(topicArn: string, prefix: string): Promise<void> {
  const queueArn = "arn:aws:sqs:us-east-1:000000000000:alarms";
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        ...{ Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage" },
        ...{ Resource: queueArn, Condition: { ArnEquals: { "aws:SourceArn": topicArn } } },
      },
    ],
  });
  const { QueueUrl } = await json<{ QueueUrl: string }>(
    ...["sqs", "create-queue", "--queue-name", "alarms", "--attributes", JSON.stringify({ Policy })],
  );
  await aws("sns", "subscribe", "--topic-arn", topicArn, "--protocol", "sqs", "--notification-endpoint", queueArn);
  const [name] = await json<string[]>(
    ...["cloudwatch", "describe-alarms", "--alarm-name-prefix", prefix],
    ...["--query", "MetricAlarms[?AlarmActions[0]=='" + topicArn + "'].AlarmName"],
  );
  const state = ["--state-value", "ALARM", "--state-reason", "a drill"];
  await aws("cloudwatch", "set-alarm-state", "--alarm-name", name!, ...state);
  let heard: { readonly AlarmName?: string; readonly NewStateValue?: string } = {};
  // the topic tells of OK, too, when alarms come by their first data
  while (heard.AlarmName !== name || heard.NewStateValue !== "ALARM") {
    const { Messages } = await json<{ Messages: { Body: string }[] }>(
      ...["sqs", "receive-message", "--queue-url", QueueUrl, "--wait-time-seconds", "20"],
    );
    const { Message } = JSON.parse(Messages[0]!.Body) as { Message: string };
    heard = JSON.parse(Message) as typeof heard;
  }
  expect(heard).toMatchObject({ NewStateReason: "a drill" });
}

const query = (table: string, key: string, value: string) =>
  json<{ Items: Record<string, Record<string, string>>[] }>(
    ...["dynamodb", "query", "--table-name", table, "--key-condition-expression", "#k = :v"],
    ...["--expression-attribute-names", JSON.stringify({ "#k": key })],
    ...["--expression-attribute-values", JSON.stringify({ ":v": { S: value } })],
  );

const line = (InvoiceNo: string, StockCode: string, Quantity: number, CustomerID?: string) => ({
  ...{ InvoiceNo, StockCode, Quantity, CustomerID, InvoiceDate: "12/1/10 8:26", UnitPrice: 2.55 },
  Country: "United Kingdom",
});

const proxyEvent = (resource: string, pathParameters: Record<string, string>) => ({
  ...{ resource, path: resource, httpMethod: "GET", headers: {}, queryStringParameters: null, pathParameters },
  ...{ requestContext: {}, body: null, isBase64Encoded: false },
});

/** Writes JSON to a file: how an argument names it. */
function file(name: string, content: unknown): string {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return `file://${join(folder, name)}`;
}

/** The JSON lines of all files of a folder and what is below it. */
function linesUnder(path: string): Record<string, unknown>[] {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ parentPath, name }) =>
    readFileSync(join(parentPath, name), "utf8")
      .split("\n")
      .filter((text) => text !== "")
      .map((text) => JSON.parse(text) as Record<string, unknown>),
  );
}
