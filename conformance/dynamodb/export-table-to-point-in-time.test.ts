/** Proves ExportTableToPointInTime, DescribeExport and ListExports. */
import { createHash } from "node:crypto";
import {
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ExportTableToPointInTimeCommand,
  ListExportsCommand,
} from "@aws-sdk/client-dynamodb";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { useClient } from "../target.ts";
import { numbered, putMany } from "./backup-support.ts";
import { dataOf, exported, objectOf, useExports } from "./export-import-support.ts";
import { createTable, describeTable, N, putAll, refusal, S, uniqueName, useDynamoDb, validation } from "./support.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const { target, client } = useDynamoDb({ manualClock: true });
const iam = useClient(new IAMClient(target.clientConfig()));
const sts = useClient(new STSClient(target.clientConfig()));

const { s3, bucket, createRecoverable, begin } = useExports(target, client);

const keysUnder = async (Prefix: string): Promise<string[]> =>
  ((await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }))).Contents ?? []).map(({ Key = "" }) => Key);
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
      const done = await exported(client, begun?.ExportArn);
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
      const { files, lines } = await dataOf(s3, bucket, `${base}/manifest-summary.json`);
      expect(files).toHaveLength(4);
      expect(files.reduce((sum, { itemCount }) => sum + itemCount, 0)).toBe(601);
      expect(lines).toHaveLength(601);
      expect(lines).toEqual(
        expect.arrayContaining([{ Item: items[0] }, { Item: { pk: S("binary"), blob: { B: "YmFy" } } }]),
      );
      for (const { dataFileS3Key, md5Checksum, etag } of files) {
        expect(dataFileS3Key).toMatch(new RegExp(`^${base}/data/[a-z2-7]{26}\\.json\\.gz$`));
        const md5 = createHash("md5").update(await objectOf(s3, bucket, dataFileS3Key));
        expect([md5.copy().digest("base64"), md5.digest("hex")]).toEqual([md5Checksum, etag]);
      }
      expect(new Set(await keysUnder(base))).toEqual(
        new Set([
          ...["_started", "manifest-files.json", "manifest-files.md5"].map((key) => `${base}/${key}`),
          ...["manifest-summary.json", "manifest-summary.md5"].map((key) => `${base}/${key}`),
          ...files.map(({ dataFileS3Key }) => dataFileS3Key),
        ]),
      );
      const summary = await objectOf(s3, bucket, `${base}/manifest-summary.json`);
      expect((await objectOf(s3, bucket, `${base}/manifest-summary.md5`)).toString()).toBe(
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
      const { ExportManifest = "" } = await exported(
        client,
        (await begin(arn, { ExportTime: new Date(at) }))?.ExportArn,
      );
      expect((await dataOf(s3, bucket, ExportManifest)).lines).toEqual([{ Item: { pk: S("1"), value: N(1) } }]);
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
        const { ExportManifest = "", ItemCount } = await exported(client, begun?.ExportArn);
        expect(ItemCount).toBe(3);
        const { files, lines } = await dataOf(s3, bucket, ExportManifest);
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
        expect(JSON.parse((await objectOf(s3, bucket, ExportManifest)).toString())).toMatchObject({
          version: "2023-08-01",
          exportType: "INCREMENTAL_EXPORT",
          exportFromTime: new Date(from).toISOString(),
          exportToTime: new Date(to).toISOString(),
        });
      },
    );

    it("fails where the bucket is not there", async () => {
      const { arn } = await createRecoverable();
      const failed = await exported(client, (await begin(arn, { S3Bucket: "no-such-bucket" }))?.ExportArn);
      expect(failed).toMatchObject({ ExportStatus: "FAILED", FailureCode: "S3NoSuchBucket" });
      expect(failed.FailureMessage).toContain("The specified bucket does not exist (Service: Amazon S3");
      const foreign = await exported(client, (await begin(arn, { S3BucketOwner: "111111111111" }))?.ExportArn);
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
        const denied = await exported(client, (await begun()).ExportDescription?.ExportArn);
        expect(denied).toMatchObject({ ExportStatus: "FAILED", FailureCode: "S3AccessDenied" });
        expect(denied.FailureMessage).toContain("is not authorized to perform: s3:PutObject");
        await allow("dynamodb:ExportTableToPointInTime", "s3:PutObject");
        const written = await exported(client, (await begun()).ExportDescription?.ExportArn);
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
      await exported(client, first?.ExportArn);
      await target.clock.advance(SECOND_MS);
      const second = await begin(arn, {});
      await exported(client, second?.ExportArn);
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
      expect((await exported(client, first?.ExportArn)).ExportStatus).toBe("COMPLETED");
      const missing = `${first?.ExportArn?.slice(0, -8)}00000000`;
      expect(await refusal(exported(client, missing))).toBe(
        `ExportNotFoundException: Export not found: Export not found: ${missing}`,
      );
      expect(await refusal(exported(client, arn))).toBe(validation("Invalid Export ARN"));
      expect(await refusal(exported(client, missing.replace("us-east-1", "eu-west-1")))).toBe(
        "AccessDeniedException: Access is denied",
      );
      expect(await refusal(begin(arn, { S3Prefix: "" }))).toContain("'s3Prefix'");
    });
  });
});
