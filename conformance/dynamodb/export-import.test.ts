/** Proves ExportTableToPointInTime, DescribeExport, ListExports, ImportTable, DescribeImport and ListImports. */
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeExportCommand,
  DescribeImportCommand,
  DynamoDBClient,
  ExportTableToPointInTimeCommand,
  ImportTableCommand,
  ListExportsCommand,
  ListImportsCommand,
  QueryCommand,
  type ExportDescription,
  type ExportTableToPointInTimeCommandInput,
  type ImportTableCommandInput,
  type ImportTableDescription,
} from "@aws-sdk/client-dynamodb";
import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { ManualClock, startEmulator } from "../../emulator/index.ts";
import { useDataDirectory } from "../data-directory.ts";
import { eventually, useClient } from "../target.ts";
import { contents, numbered, putMany, recoverable } from "./backup-support.ts";
import {
  attributes,
  createTable,
  describeTable,
  globalIndex,
  keys,
  N,
  putAll,
  refusal,
  S,
  uniqueName,
  useDynamoDb,
  validation,
} from "./support.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const { target, client } = useDynamoDb({ manualClock: true });
const s3 = useClient(new S3Client({ ...target.clientConfig(), forcePathStyle: true }));
const iam = useClient(new IAMClient(target.clientConfig()));
const sts = useClient(new STSClient(target.clientConfig()));
const logs = useClient(new CloudWatchLogsClient(target.clientConfig()));

const bucket = `exports-${process.pid}`;
beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
});

async function createRecoverable(): Promise<{ name: string; arn: string }> {
  const name = await createTable(client);
  await target.clock.advance(SECOND_MS - (target.clock.now() % SECOND_MS));
  await recoverable(client, name);
  return { name, arn: (await describeTable(client, name))?.TableArn ?? "" };
}

const begin = async (TableArn: string, input: Partial<ExportTableToPointInTimeCommandInput> = {}) =>
  (await client.send(new ExportTableToPointInTimeCommand({ TableArn, S3Bucket: bucket, ...input }))).ExportDescription;

const exported = (ExportArn: string | undefined, by = client): Promise<ExportDescription> =>
  eventually("the end of an export", async () => {
    const { ExportDescription } = await by.send(new DescribeExportCommand({ ExportArn }));
    return ExportDescription?.ExportStatus === "IN_PROGRESS" ? undefined : ExportDescription;
  });

async function object(Key: string, from = s3): Promise<Buffer> {
  const { Body } = await from.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

const keysUnder = async (Prefix: string): Promise<string[]> =>
  ((await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }))).Contents ?? []).map(({ Key = "" }) => Key);

interface ManifestLine {
  readonly itemCount: number;
  readonly md5Checksum: string;
  readonly etag: string;
  readonly dataFileS3Key: string;
}

const jsonLines = <T>(text: string): T[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);

/** The lines of all data files that an export's manifest names. */
async function dataOf(
  manifest: string,
  from = s3,
): Promise<{ files: ManifestLine[]; lines: Record<string, unknown>[] }> {
  const summary = JSON.parse((await object(manifest, from)).toString()) as { manifestFilesS3Key: string };
  const files = jsonLines<ManifestLine>((await object(summary.manifestFilesS3Key, from)).toString());
  const lines: Record<string, unknown>[] = [];
  for (const { dataFileS3Key } of files) {
    lines.push(...jsonLines<Record<string, unknown>>(gunzipSync(await object(dataFileS3Key, from)).toString()));
  }
  return { files, lines };
}

describe("ExportTableToPointInTime", () => {
  describe("validation", () => {
    it("wants recovery, a table, and a time that can be recovered", async () => {
      const { name, arn } = await createRecoverable();
      const other = await createTable(client);
      await target.clock.advance(SECOND_MS);
      expect(await refusal(begin(arn.replace(name, other)))).toBe(
        `PointInTimeRecoveryUnavailableException: Point in time recovery is not enabled for table '${other}'`,
      );
      const missing = arn.replace(name, "not-there");
      expect(await refusal(begin(missing))).toBe(`TableNotFoundException: Table not found: ${missing}`);
      expect(await refusal(begin(name))).toBe(
        validation("One or more parameter values were invalid: tableArn is not a valid ARN"),
      );
      expect(await refusal(begin(`${arn}/index/i`))).toBe(validation("Invalid Request: Table ARN is invalid."));
      for (const time of [target.clock.now() + SECOND_MS, target.clock.now() - MINUTE_MS]) {
        expect(await refusal(begin(arn, { ExportTime: new Date(time) }))).toBe(
          "InvalidExportTimeException: Export Time is invalid",
        );
      }
    });

    it("wants types and their settings to fit", async () => {
      const { arn } = await createRecoverable();
      const from = new Date(target.clock.now());
      expect(await refusal(begin(arn, { ExportType: "INCREMENTAL_EXPORT" }))).toContain(
        "Invalid Request: Incremental Export Specification expected when export type is set as Incremental Export",
      );
      const IncrementalExportSpecification = { ExportFromTime: from };
      expect(await refusal(begin(arn, { IncrementalExportSpecification }))).toContain(
        "Export Type expected to be Incremental Export when incremental export specification is provided",
      );
      expect(await refusal(begin(arn, { ExportType: "FULL_EXPORT", IncrementalExportSpecification }))).toContain(
        "When Export Type is Full Export , Incremental Export Specification should not be provided",
      );
      expect(
        await refusal(begin(arn, { ExportType: "INCREMENTAL_EXPORT", IncrementalExportSpecification: {} })),
      ).toContain("ExportFromTime must be provided in IncrementalExportSpecification");
      expect(await refusal(begin(arn, { S3SseKmsKeyId: "alias/aws/s3" }))).toContain(
        "KMS Key Id is not supported for this encryption type",
      );
      expect(await refusal(begin(arn, { ExportFormat: "ION" }))).toContain("NotImplemented");
      const incremental = (ExportFromTime: number, ExportToTime: number) =>
        refusal(
          begin(arn, {
            ExportType: "INCREMENTAL_EXPORT",
            IncrementalExportSpecification: {
              ExportFromTime: new Date(ExportFromTime),
              ExportToTime: new Date(ExportToTime),
            },
          }),
        );
      await target.clock.advance(30 * 60 * MINUTE_MS);
      const now = target.clock.now();
      const between =
        "InvalidExportTimeException: Difference between export period from time and export period to time";
      expect(await incremental(now - 14 * MINUTE_MS, now)).toBe(`${between} is less than 15 minutes`);
      expect(await incremental(now - 25 * 60 * MINUTE_MS, now)).toBe(`${between} is greater than 24 hours`);
      expect(await incremental(now - MINUTE_MS, now + MINUTE_MS)).toContain("cannot be greater than the current time");
      expect(await incremental(now - 40 * 60 * MINUTE_MS, now)).toContain(
        "Incremental export period from time cannot be less than the table creation time",
      );
    });
  });

  describe("behaviour", () => {
    it("writes the items to a file for each partition, and manifests with their checksums", async () => {
      const { name, arn } = await createRecoverable();
      const items = [...numbered(600, 1), { pk: S("binary"), blob: { B: Buffer.from("bar") } }];
      await putMany(client, name, items);
      const begun = await begin(arn, { S3Prefix: "full", ClientToken: "token" });
      const started = {
        ExportArn: expect.stringMatching(`^${arn}/export/\\d{14}-[0-9a-f]{8}$`),
        StartTime: new Date(target.clock.now()),
        TableArn: arn,
        TableId: (await describeTable(client, name))?.TableId,
        ExportTime: new Date(target.clock.now()),
        ClientToken: "token",
        S3Bucket: bucket,
        S3Prefix: "full",
        S3SseAlgorithm: "AES256",
        ExportFormat: "DYNAMODB_JSON",
      };
      expect(begun).toEqual({ ...started, ExportStatus: "IN_PROGRESS" });
      const done = await exported(begun?.ExportArn);
      const id = begun?.ExportArn?.split("/").at(-1) ?? "";
      const base = `full/AWSDynamoDB/${id}`;
      const bytes = (await describeTable(client, name))?.TableSizeBytes;
      expect(done).toEqual({
        ...started,
        ExportStatus: "COMPLETED",
        EndTime: new Date(target.clock.now()),
        ExportManifest: `${base}/manifest-summary.json`,
        ItemCount: 601,
        BilledSizeBytes: bytes,
      });
      const { files, lines } = await dataOf(`${base}/manifest-summary.json`);
      expect(files).toHaveLength(4);
      expect(files.reduce((sum, { itemCount }) => sum + itemCount, 0)).toBe(601);
      expect(lines).toHaveLength(601);
      expect(lines).toEqual(
        expect.arrayContaining([{ Item: items[0] }, { Item: { pk: S("binary"), blob: { B: "YmFy" } } }]),
      );
      for (const { dataFileS3Key, md5Checksum, etag } of files) {
        expect(dataFileS3Key).toMatch(new RegExp(`^${base}/data/[a-z2-7]{26}\\.json\\.gz$`));
        const md5 = createHash("md5").update(await object(dataFileS3Key));
        expect([md5.copy().digest("base64"), md5.digest("hex")]).toEqual([md5Checksum, etag]);
      }
      expect(new Set(await keysUnder(base))).toEqual(
        new Set([
          ...["_started", "manifest-files.json", "manifest-files.md5"].map((key) => `${base}/${key}`),
          ...["manifest-summary.json", "manifest-summary.md5"].map((key) => `${base}/${key}`),
          ...files.map(({ dataFileS3Key }) => dataFileS3Key),
        ]),
      );
      const summary = await object(`${base}/manifest-summary.json`);
      expect((await object(`${base}/manifest-summary.md5`)).toString()).toBe(
        createHash("md5").update(summary).digest("base64"),
      );
      expect(JSON.parse(summary.toString())).toEqual({
        version: "2020-06-30",
        exportArn: begun?.ExportArn,
        startTime: begun?.StartTime?.toISOString(),
        endTime: done.EndTime?.toISOString(),
        tableArn: arn,
        tableId: done.TableId,
        exportTime: begun?.ExportTime?.toISOString(),
        s3Bucket: bucket,
        s3Prefix: "full",
        s3SseAlgorithm: "AES256",
        s3SseKmsKeyId: null,
        manifestFilesS3Key: `${base}/manifest-files.json`,
        billedSizeBytes: bytes,
        itemCount: 601,
        outputFormat: "DYNAMODB_JSON",
        exportType: "FULL_EXPORT",
      });
    });

    it("exports what was there at a time", async () => {
      const { name, arn } = await createRecoverable();
      await putAll(client, name, [{ pk: S("1"), value: N(1) }]);
      const at = target.clock.now();
      await target.clock.advance(SECOND_MS);
      await putAll(client, name, [{ pk: S("1"), value: N(2) }, { pk: S("2") }]);
      const { ExportManifest = "" } = await exported((await begin(arn, { ExportTime: new Date(at) }))?.ExportArn);
      expect((await dataOf(ExportManifest)).lines).toEqual([{ Item: { pk: S("1"), value: N(1) } }]);
    });

    it.each([["NEW_AND_OLD_IMAGES" as const], ["NEW_IMAGE" as const]])(
      "exports what changed in a period, each item once: %s",
      async (ExportViewType) => {
        const { name, arn } = await createRecoverable();
        await putAll(client, name, [
          { pk: S("changed"), value: N(1) },
          { pk: S("deleted"), value: N(1) },
          { pk: S("same"), value: N(1) },
        ]);
        await target.clock.advance(SECOND_MS);
        const from = target.clock.now();
        await putAll(client, name, [
          { pk: S("changed"), value: N(2) },
          { pk: S("added"), value: N(2) },
          { pk: S("fleeting"), value: N(2) },
        ]);
        const remove = (pk: string) => client.send(new DeleteItemCommand({ TableName: name, Key: { pk: S(pk) } }));
        await remove("deleted");
        await target.clock.advance(SECOND_MS);
        const last = target.clock.now();
        await putAll(client, name, [{ pk: S("changed"), value: N(3) }]);
        await remove("fleeting");
        await target.clock.advance(15 * MINUTE_MS);
        const to = target.clock.now();
        await putAll(client, name, [{ pk: S("changed"), value: N(4) }, { pk: S("later") }]);
        const begun = await begin(arn, {
          S3Prefix: `incremental-${ExportViewType}`,
          ExportType: "INCREMENTAL_EXPORT",
          IncrementalExportSpecification: {
            ExportFromTime: new Date(from),
            ExportToTime: new Date(to),
            ExportViewType,
          },
        });
        expect(begun).not.toHaveProperty("ExportTime");
        const { ExportManifest = "", ItemCount } = await exported(begun?.ExportArn);
        expect(ItemCount).toBe(3);
        const { files, lines } = await dataOf(ExportManifest);
        for (const { dataFileS3Key } of files) {
          expect(dataFileS3Key.startsWith(`incremental-${ExportViewType}/AWSDynamoDB/data/`)).toBe(true);
        }
        const line = (pk: string, at: number, oldValue?: number, newValue?: number) => ({
          Metadata: { WriteTimestampMicros: N(at * 1000) },
          Keys: { pk: S(pk) },
          ...(oldValue !== undefined &&
            ExportViewType === "NEW_AND_OLD_IMAGES" && { OldImage: { pk: S(pk), value: N(oldValue) } }),
          ...(newValue !== undefined && { NewImage: { pk: S(pk), value: N(newValue) } }),
        });
        const expected = [line("changed", last, 1, 3), line("added", from, undefined, 2), line("deleted", from, 1)];
        expect(lines).toHaveLength(expected.length);
        expect(lines).toEqual(expect.arrayContaining(expected));
        expect(JSON.parse((await object(ExportManifest)).toString())).toMatchObject({
          version: "2023-08-01",
          exportType: "INCREMENTAL_EXPORT",
          exportFromTime: new Date(from).toISOString(),
          exportToTime: new Date(to).toISOString(),
        });
      },
    );

    it("fails where the bucket is not there", async () => {
      const { arn } = await createRecoverable();
      const failed = await exported((await begin(arn, { S3Bucket: "no-such-bucket" }))?.ExportArn);
      expect(failed).toMatchObject({ ExportStatus: "FAILED", FailureCode: "S3NoSuchBucket" });
      expect(failed.FailureMessage).toContain("The specified bucket does not exist (Service: Amazon S3");
      const foreign = await exported((await begin(arn, { S3BucketOwner: "111111111111" }))?.ExportArn);
      expect(foreign).toMatchObject({ ExportStatus: "FAILED", FailureCode: "S3AccessDenied" });
    });

    it("writes with the permissions of its caller", async () => {
      const { arn } = await createRecoverable();
      const name = uniqueName("exporter");
      const trust = { Effect: "Allow", Principal: { AWS: "000000000000" }, Action: "sts:AssumeRole" };
      const { Role } = await iam.send(
        new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify({ Statement: [trust] }) }),
      );
      const allow = (...Action: string[]) =>
        iam.send(
          new PutRolePolicyCommand({
            RoleName: name,
            PolicyName: "policy",
            PolicyDocument: JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource: "*" }] }),
          }),
        );
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "session" }));
      const exporter = new DynamoDBClient({
        ...target.clientConfig(),
        credentials: {
          accessKeyId: Credentials?.AccessKeyId ?? "",
          secretAccessKey: Credentials?.SecretAccessKey ?? "",
          ...(Credentials?.SessionToken !== undefined && { sessionToken: Credentials.SessionToken }),
        },
      });
      const begun = () => exporter.send(new ExportTableToPointInTimeCommand({ TableArn: arn, S3Bucket: bucket }));
      try {
        expect(await refusal(begun())).toContain("is not authorized to perform: dynamodb:ExportTableToPointInTime");
        await allow("dynamodb:ExportTableToPointInTime");
        const denied = await exported((await begun()).ExportDescription?.ExportArn);
        expect(denied).toMatchObject({ ExportStatus: "FAILED", FailureCode: "S3AccessDenied" });
        expect(denied.FailureMessage).toContain("is not authorized to perform: s3:PutObject");
        await allow("dynamodb:ExportTableToPointInTime", "s3:PutObject");
        const written = await exported((await begun()).ExportDescription?.ExportArn);
        expect(written.ExportStatus).toBe("COMPLETED");
      } finally {
        exporter.destroy();
      }
    });

    it("is the same for a token that has been used, and lists what there is, the newest first", async () => {
      const { name, arn } = await createRecoverable();
      const first = await begin(arn, { ClientToken: "one" });
      expect((await begin(arn, { ClientToken: "one" }))?.ExportArn).toBe(first?.ExportArn);
      expect(await refusal(begin(arn, { ClientToken: "one", S3Prefix: "other" }))).toBe(
        "ExportConflictException: Export conflict: Duplicate request detected with conflicting parameters",
      );
      await exported(first?.ExportArn);
      await target.clock.advance(SECOND_MS);
      const second = await begin(arn, {});
      await exported(second?.ExportArn);
      const list = (NextToken?: string) =>
        client.send(new ListExportsCommand({ TableArn: arn, MaxResults: 1, NextToken }));
      const page = await list();
      const summary = (ExportArn?: string) => ({ ExportArn, ExportStatus: "COMPLETED", ExportType: "FULL_EXPORT" });
      expect(page.ExportSummaries).toEqual([summary(second?.ExportArn)]);
      const next = await list(page.NextToken);
      expect(next.ExportSummaries).toEqual([summary(first?.ExportArn)]);
      expect(next).not.toHaveProperty("NextToken");
      expect(await refusal(list("ab".repeat(56)))).toContain("Provided nextToken is invalid");
      await client.send(new DeleteTableCommand({ TableName: name }));
      await target.clock.advance(1);
      expect((await list()).ExportSummaries).toEqual([]);
      expect((await exported(first?.ExportArn)).ExportStatus).toBe("COMPLETED");
      const missing = `${first?.ExportArn?.slice(0, -8)}00000000`;
      expect(await refusal(exported(missing))).toBe(
        `ExportNotFoundException: Export not found: Export not found: ${missing}`,
      );
      expect(await refusal(exported(arn))).toBe(validation("Invalid Export ARN"));
    });
  });
});

const put = (Key: string, Body: string | Uint8Array) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

type ImportOptions = Partial<ImportTableCommandInput> & {
  readonly table?: Partial<ImportTableCommandInput["TableCreationParameters"]>;
};

const beginImport = async (prefix: string, { table, ...options }: ImportOptions = {}) =>
  (
    await client.send(
      new ImportTableCommand({
        S3BucketSource: { S3Bucket: bucket, S3KeyPrefix: prefix },
        InputFormat: "DYNAMODB_JSON",
        TableCreationParameters: {
          TableName: uniqueName("imported"),
          AttributeDefinitions: attributes({ pk: "S" }),
          KeySchema: keys("pk"),
          BillingMode: "PAY_PER_REQUEST",
          ...table,
        },
        ...options,
      }),
    )
  ).ImportTableDescription;

const imported = (ImportArn: string | undefined): Promise<ImportTableDescription> =>
  eventually("the end of an import", async () => {
    const { ImportTableDescription } = await client.send(new DescribeImportCommand({ ImportArn }));
    return ImportTableDescription?.ImportStatus === "IN_PROGRESS" ? undefined : ImportTableDescription;
  });

async function importAll(prefix: string, options: ImportOptions = {}) {
  const begun = await beginImport(prefix, options);
  const done = await imported(begun?.ImportArn);
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
    const { ExportManifest = "" } = await exported((await begin(arn, { S3Prefix: "round" }))?.ExportArn);
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
      JSON.stringify({ pk: S("6") }),
      line({ pk: S("7") }),
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
    expect(empty.done).toMatchObject({ ImportStatus: "COMPLETED", ProcessedItemCount: 0 });
    expect(await describeTable(client, empty.name)).toMatchObject({ TableStatus: "ACTIVE", ItemCount: 0 });
    const missing = await importAll("", { S3BucketSource: { S3Bucket: "no-such-bucket" } });
    expect(missing.done).toMatchObject({ ImportStatus: "FAILED", FailureCode: "S3NoSuchBucket" });
    expect(await refusal(describeTable(client, missing.name))).toContain("ResourceNotFoundException");
  });

  it("refuses what does not fit, and names that are taken", async () => {
    expect(await refusal(beginImport("x", { InputFormatOptions: { Csv: { Delimiter: ";" } } }))).toBe(
      validation("Invalid Request: Unsupported InputFormatOptions for the given input format: DYNAMODB_JSON."),
    );
    expect(await refusal(beginImport("x", { table: { BillingMode: undefined } }))).toBe(
      validation(
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified " +
          "when BillingMode is PROVISIONED",
      ),
    );
    expect(await refusal(beginImport("x", { InputFormat: "ION" }))).toContain("NotImplemented");
    const { name } = await createRecoverable();
    expect(await refusal(beginImport("x", { table: { TableName: name } }))).toBe(
      `ResourceInUseException: Table already exists: ${name}`,
    );
    expect(await refusal(imported(`arn:aws:dynamodb:us-east-1:000000000000:table/${name}`))).toBe(
      validation("Invalid Import ARN"),
    );
  });

  it("is the same for a token that has been used, until the table is there, and is listed", async () => {
    await put("token/a", '{"Item":{"pk":{"S":"1"}}}');
    const TableName = uniqueName("imported");
    const nowhere = { ClientToken: "failed", S3BucketSource: { S3Bucket: "no-such-bucket" }, table: { TableName } };
    const failed = await imported((await beginImport("", nowhere))?.ImportArn);
    expect((await beginImport("", nowhere))?.ImportArn).toBe(failed.ImportArn);
    expect(await refusal(beginImport("", { ClientToken: "failed" }))).toBe(
      "ImportConflictException: Import conflict: Duplicate request detected with conflicting parameters",
    );
    await target.clock.advance(SECOND_MS);
    const first = await beginImport("token/", { ClientToken: "token", table: { TableName } });
    const done = await imported(first?.ImportArn);
    expect(await refusal(beginImport("token/", { ClientToken: "token", table: { TableName } }))).toBe(
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

describe("a restart", () => {
  const directory = useDataDirectory();

  it("goes on with exports and imports", async () => {
    const clock = new ManualClock(Date.UTC(2026, 5, 1));
    const session = async <T>(work: (db: DynamoDBClient, store: S3Client) => Promise<T>): Promise<T> => {
      await using emulator = await startEmulator({ port: 0, logLevel: "error", dataDirectory: directory(), clock });
      const db = new DynamoDBClient({ ...emulator.clientConfig(), maxAttempts: 1 });
      const store = new S3Client({ ...emulator.clientConfig(), forcePathStyle: true });
      try {
        return await work(db, store);
      } finally {
        db.destroy();
        store.destroy();
      }
    };
    const { exportArn, importArn } = await session(async (db, store) => {
      await store.send(new CreateBucketCommand({ Bucket: bucket }));
      const lines = numbered(3000, 1).map((item) => JSON.stringify({ Item: item }));
      await store.send(new PutObjectCommand({ Bucket: bucket, Key: "in/a", Body: lines.join("\n") }));
      await createTable(db, { TableName: "source" });
      await clock.advance(1);
      await recoverable(db, "source");
      await putMany(db, "source", numbered(600, 1));
      const { ExportDescription } = await db.send(
        new ExportTableToPointInTimeCommand({
          TableArn: (await describeTable(db, "source"))?.TableArn,
          S3Bucket: bucket,
        }),
      );
      const { ImportTableDescription } = await db.send(
        new ImportTableCommand({
          S3BucketSource: { S3Bucket: bucket, S3KeyPrefix: "in/" },
          InputFormat: "DYNAMODB_JSON",
          TableCreationParameters: {
            TableName: "imported",
            AttributeDefinitions: attributes({ pk: "S" }),
            KeySchema: keys("pk"),
            BillingMode: "PAY_PER_REQUEST",
          },
        }),
      );
      return { exportArn: ExportDescription?.ExportArn, importArn: ImportTableDescription?.ImportArn };
    });
    await session(async (db, store) => {
      const done = await exported(exportArn, db);
      expect(done).toMatchObject({ ExportStatus: "COMPLETED", ItemCount: 600 });
      expect((await dataOf(done.ExportManifest ?? "", store)).lines).toHaveLength(600);
      const counts = await eventually("the end of an import", async () => {
        const { ImportTableDescription } = await db.send(new DescribeImportCommand({ ImportArn: importArn }));
        return ImportTableDescription?.ImportStatus === "COMPLETED" ? ImportTableDescription : undefined;
      });
      expect(counts.ImportedItemCount).toBe(3000);
      expect(Object.keys(await contents(db, "imported"))).toHaveLength(3000);
    });
  });
});
