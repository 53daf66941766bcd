/** Proves ImportTable, DescribeImport and ListImports. */
import { gzipSync } from "node:zlib";
import { ListImportsCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { callRaw } from "../raw-request.ts";
import { useClient } from "../target.ts";
import { contents, numbered, putMany } from "./backup-support.ts";
import { beginImport, exported, imported, useExports, type ImportOptions } from "./export-import-support.ts";
import {
  attributes,
  describeTable,
  globalIndex,
  keys,
  N,
  refusal,
  S,
  uniqueName,
  useDynamoDb,
  validation,
} from "./support.ts";

const SECOND_MS = 1000;
const TOKENLESS = {
  S3BucketSource: { S3Bucket: "any" },
  InputFormat: "CSV",
  TableCreationParameters: {
    TableName: "any",
    AttributeDefinitions: attributes({ pk: "S" }),
    KeySchema: keys("pk"),
    BillingMode: "PAY_PER_REQUEST",
  },
};

const { target, client } = useDynamoDb({ manualClock: true });
const logs = useClient(new CloudWatchLogsClient(target.clientConfig()));

const { s3, bucket, createRecoverable, begin } = useExports(target, client);

const put = (Key: string, Body: string | Uint8Array) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

const importFrom = (prefix: string, options?: ImportOptions) => beginImport(client, bucket, prefix, options);

async function importAll(prefix: string, options: ImportOptions = {}) {
  const begun = await importFrom(prefix, options);
  const done = await imported(client, begun?.ImportArn);
  return { done, name: begun?.TableCreationParameters?.TableName ?? "" };
}

describe("ImportTable", () => {
  it("takes what an export has written, into a table with indexes", async () => {
    const { name, arn } = await createRecoverable();
    await putMany(
      client,
      name,
      numbered(600, 7).map((item) => ({ ...item, g: S("x") })),
    );
    const { ExportManifest = "" } = await exported(client, (await begin(arn, { S3Prefix: "round" }))?.ExportArn);
    const { done, name: copy } = await importAll(ExportManifest.replace("manifest-summary.json", "data/"), {
      InputCompressionType: "GZIP",
      table: {
        AttributeDefinitions: attributes({ pk: "S", g: "S" }),
        GlobalSecondaryIndexes: [globalIndex("index", "g")],
      },
    });
    expect(done).toMatchObject({
      ImportStatus: "COMPLETED",
      ProcessedItemCount: 600,
      ImportedItemCount: 600,
      ErrorCount: 0,
      InputFormat: "DYNAMODB_JSON",
      InputCompressionType: "GZIP",
      CloudWatchLogGroupArn: "arn:aws:logs:us-east-1:000000000000:log-group:/aws-dynamodb/imports:*",
      S3BucketSource: { S3Bucket: bucket, S3BucketOwner: "000000000000" },
    });
    expect(await contents(client, copy)).toEqual(await contents(client, name));
    expect(await describeTable(client, copy)).toMatchObject({
      TableStatus: "ACTIVE",
      TableId: done.TableId,
      ItemCount: 600,
    });
    const { Count } = await client.send(
      new QueryCommand({
        TableName: copy,
        IndexName: "index",
        KeyConditionExpression: "g = :x",
        ExpressionAttributeValues: { ":x": S("x") },
      }),
    );
    expect(Count).toBe(600);
  });

  it("reads CSV by its header, with keys of their types and everything else as strings", async () => {
    const rows = ['pk,n,g,text,"a ""quoted"" name"', '1,10,2.50,"a, b",x', "2,20,3,,y"];
    await put("csv/a.csv", `\uFEFF${rows.join("\r\n")}\r\n`);
    const { done, name } = await importAll("csv/", {
      InputFormat: "CSV",
      table: {
        AttributeDefinitions: attributes({ pk: "S", n: "N", g: "N" }),
        KeySchema: keys("pk", "n"),
        GlobalSecondaryIndexes: [globalIndex("index", ["g", "n"])],
      },
    });
    expect(done).toMatchObject({ ImportStatus: "COMPLETED", ImportedItemCount: 2 });
    expect(done).not.toHaveProperty("InputFormatOptions");
    expect(await contents(client, name)).toEqual({
      1: { pk: S("1"), n: N(10), g: { N: "2.5" }, text: S("a, b"), 'a "quoted" name': S("x") },
      2: { pk: S("2"), n: N(20), g: N(3), text: S(""), 'a "quoted" name': S("y") },
    });
  });

  it("takes columns by whatever name, also one that every object has", async () => {
    await put("names/a.csv", "pk,constructor,toString\n1,a,b\n");
    const { done, name } = await importAll("names/", { InputFormat: "CSV" });
    expect(done).toMatchObject({ ImportStatus: "COMPLETED", ImportedItemCount: 1 });
    expect(await contents(client, name)).toEqual({ 1: { pk: S("1"), constructor: S("a"), toString: S("b") } });
  });

  it("reads CSV by a list of headers and another delimiter", async () => {
    await put("tabs/a", "1\tone\n2\ttwo\n");
    await put("tabs/b", "3\tthree\n");
    const Csv = { Delimiter: "\t", HeaderList: ["pk", "word"] };
    const { done, name } = await importAll("tabs/", { InputFormat: "CSV", InputFormatOptions: { Csv } });
    expect(done).toMatchObject({ ImportStatus: "COMPLETED", ImportedItemCount: 3, InputFormatOptions: { Csv } });
    expect(Object.keys(await contents(client, name))).toEqual(expect.arrayContaining(["1", "2", "3"]));
  });

  it("counts and tells what it cannot take, and takes the rest", async () => {
    const line = (item: object) => JSON.stringify({ Item: item });
    const lines = [
      line({ pk: S("1") }),
      line({ other: S("no key") }),
      line({ pk: N(2) }),
      line({ pk: S("3"), number: { N: "x" } }),
      line({ pk: S("4"), number: { N: 4 } }),
      line({ pk: S("5"), set: { SS: ["a", "a"] } }),
      line({ pk: S("7") }),
      JSON.stringify({ pk: S("6") }),
      line({ pk: S("not read") }),
    ];
    await put("errors/a.json", lines.join("\n"));
    const { done, name } = await importAll("errors/");
    expect(done).toMatchObject({
      ImportStatus: "FAILED",
      FailureCode: "ItemValidationError",
      ProcessedItemCount: 8,
      ImportedItemCount: 2,
      ErrorCount: 6,
    });
    expect(done.FailureMessage).toBe(
      "Some of the items failed validation checks and were not imported. " +
        "Please check CloudWatch error logs for more details.",
    );
    expect(Object.keys(await contents(client, name)).toSorted()).toEqual(["1", "7"]);
    expect((await describeTable(client, name))?.TableStatus).toBe("ACTIVE");
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({
        logGroupName: "/aws-dynamodb/imports",
        logStreamName: `${done.ImportArn?.split("/").at(-1)}/error`,
        startFromHead: true,
      }),
    );
    expect(events).toHaveLength(6);
    expect(JSON.parse(events[0]?.message ?? "")).toEqual({
      itemS3Pointer: { bucket, key: "errors/a.json", itemIndex: 1 },
      importArn: done.ImportArn,
      errorMessages: ["One or more parameter values were invalid: Missing the key pk in the item"],
    });
  });

  it("leaves the rest of an object that it cannot read, and goes on with the next", async () => {
    await put("broken/a.json", ['{"Item":{"pk":{"S":"1"}}}', "garbage", '{"Item":{"pk":{"S":"2"}}}'].join("\n"));
    await put("broken/b.json", '{"Item":{"pk":{"S":"3"}}}\n');
    const { done, name } = await importAll("broken/");
    expect(done).toMatchObject({ ProcessedItemCount: 3, ImportedItemCount: 2, ErrorCount: 1, ImportStatus: "FAILED" });
    expect(Object.keys(await contents(client, name)).toSorted()).toEqual(["1", "3"]);
    await put("itemless/a.json", ['{"NotAnItem":{"pk":{"S":"1"}}}', '{"Item":{"pk":{"S":"2"}}}'].join("\n"));
    expect((await importAll("itemless/")).done).toMatchObject({ ProcessedItemCount: 1, ErrorCount: 1 });
    const plain = await importAll("broken/b.json", { InputCompressionType: "GZIP" });
    expect(plain.done).toMatchObject({ ImportStatus: "FAILED", ProcessedItemCount: 1, ErrorCount: 1 });
    const rows = await importAll("broken/b.json", { InputFormat: "CSV", InputCompressionType: "GZIP" });
    expect(rows.done).toMatchObject({ ImportStatus: "FAILED", ImportedItemCount: 0, ErrorCount: 1 });
    await put("endless/a.json", " ".repeat(9 * 1024 * 1024));
    expect((await importAll("endless/")).done).toMatchObject({ ImportStatus: "FAILED", ErrorCount: 1 });
    await put("broken/c.gz", gzipSync('{"Item":{"pk":{"S":"4"}}}'));
    const zipped = await importAll("broken/c.gz", { InputCompressionType: "GZIP" });
    expect(zipped.done).toMatchObject({ ImportStatus: "COMPLETED", ImportedItemCount: 1 });
  });

  it("makes an empty table of nothing, and none of a bucket that is not there", async () => {
    const empty = await importAll("nothing/");
    expect(empty.done).toMatchObject({ ImportStatus: "COMPLETED", ProcessedItemCount: 0, ProcessedSizeBytes: 0 });
    expect(await describeTable(client, empty.name)).toMatchObject({ TableStatus: "ACTIVE", ItemCount: 0 });
    const missing = await importAll("", { S3BucketSource: { S3Bucket: "no-such-bucket" } });
    expect(missing.done).toMatchObject({ ImportStatus: "FAILED", FailureCode: "S3NoSuchBucket" });
    expect(missing.done).not.toHaveProperty("ProcessedSizeBytes");
    expect(await refusal(describeTable(client, missing.name))).toContain("ResourceNotFoundException");
  });

  it("refuses what does not fit, and names that are taken", async () => {
    expect(await refusal(importFrom("x", { InputFormatOptions: { Csv: { Delimiter: ";" } } }))).toBe(
      validation("Invalid Request: Unsupported InputFormatOptions for the given input format: DYNAMODB_JSON."),
    );
    expect(await refusal(importFrom("x", { table: { BillingMode: undefined } }))).toBe(
      validation(
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified " +
          "when BillingMode is PROVISIONED",
      ),
    );
    expect(await refusal(importFrom("x", { InputFormat: "ION" }))).toContain("NotImplemented");
    // SDKs give one to every request
    const withoutToken = await callRaw(target, "dynamodb", "DynamoDB_20120810.ImportTable", JSON.stringify(TOKENLESS));
    expect(await withoutToken.json()).toMatchObject({
      message:
        "1 validation error detected: Value null at 'clientToken' failed to satisfy constraint: Member must not be null",
    });
    const { name } = await createRecoverable();
    expect(await refusal(importFrom("x", { table: { TableName: name } }))).toBe(
      `ResourceInUseException: Table already exists: ${name}`,
    );
    const own = "arn:aws:dynamodb:us-east-1:000000000000:table";
    for (const arn of [`${own}/${name}`, `${own}/x/import/01658528578619-c4d4e311`, "no:arn"]) {
      expect(await refusal(imported(client, arn.padEnd(37, "x")))).toBe(validation("Invalid Import ARN"));
    }
    for (const other of ["arn:aws:s3:us-east-1:000000000000:table", "arn:aws:dynamodb:nowhere:000000000000:table"]) {
      expect(await refusal(imported(client, `${other}/${name}`))).toBe("AccessDeniedException: Access is denied");
    }
  });

  it("takes items that follow each other on one line", async () => {
    const texts = ["{}", "}{", '\\"{'];
    const items = texts.map((text, i) => JSON.stringify({ Item: { pk: S(`${i}`), text: S(text) } }));
    await put("one-line/data.json", items.join(""));
    const { done, name } = await importAll("one-line/");
    expect(done).toMatchObject({ ImportStatus: "COMPLETED", ImportedItemCount: 3, ErrorCount: 0 });
    expect(Object.values(await contents(client, name)).map(({ text }) => text)).toEqual(texts.map(S));
  });

  it("reads a string that does not end once, however many quotes it has", async () => {
    await put("open/data.json", `{"Item":{"pk":{"S":"${'\\"'.repeat(300_000)}`);
    const { done } = await importAll("open/");
    expect(done).toMatchObject({ ImportStatus: "FAILED", FailureCode: "ItemValidationError", ErrorCount: 1 });
  });

  it("is the same for a token that has been used, until the table is there, and is listed", async () => {
    await put("token/a", '{"Item":{"pk":{"S":"1"}}}');
    const TableName = uniqueName("imported");
    const nowhere = { ClientToken: "failed", S3BucketSource: { S3Bucket: "no-such-bucket" }, table: { TableName } };
    const failed = await imported(client, (await importFrom("", nowhere))?.ImportArn);
    expect((await importFrom("", nowhere))?.ImportArn).toBe(failed.ImportArn);
    expect(await refusal(importFrom("", { ClientToken: "failed" }))).toBe(
      "ImportConflictException: Import conflict: Duplicate request detected with conflicting parameters",
    );
    await target.clock.advance(SECOND_MS);
    const first = await importFrom("token/", { ClientToken: "token", table: { TableName } });
    const done = await imported(client, first?.ImportArn);
    expect(await refusal(importFrom("token/", { ClientToken: "token", table: { TableName } }))).toBe(
      `ResourceInUseException: Table already exists: ${TableName}`,
    );
    const { ImportSummaryList } = await client.send(new ListImportsCommand({ TableArn: done.TableArn, PageSize: 5 }));
    expect(ImportSummaryList).toEqual([
      expect.objectContaining({ ImportArn: first?.ImportArn, ImportStatus: "COMPLETED", InputFormat: "DYNAMODB_JSON" }),
      expect.objectContaining({ ImportArn: failed.ImportArn, ImportStatus: "FAILED" }),
    ]);
    const page = await client.send(new ListImportsCommand({ PageSize: 1 }));
    expect(page.NextToken).toMatch(/^([0-9a-f]{16}){7,}$/);
    const next = await client.send(new ListImportsCommand({ PageSize: 1, NextToken: page.NextToken }));
    expect(next.ImportSummaryList?.[0]?.ImportArn).not.toBe(page.ImportSummaryList?.[0]?.ImportArn);
  });
});
