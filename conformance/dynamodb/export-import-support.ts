import { gunzipSync } from "node:zlib";
import {
  DescribeExportCommand,
  DescribeImportCommand,
  ExportTableToPointInTimeCommand,
  ImportTableCommand,
  type DynamoDBClient,
  type ExportDescription,
  type ExportTableToPointInTimeCommandInput,
  type ImportTableCommandInput,
  type ImportTableDescription,
} from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { eventually, useClient, type Target } from "../target.ts";
import { recoverable } from "./backup-support.ts";
import { attributes, createTable, describeTable, keys, uniqueName } from "./support.ts";

const SECOND_MS = 1000;

/** A bucket for exports and imports, and exports to it. */
export function useExports(target: Target, client: DynamoDBClient) {
  const s3 = useClient(new S3Client({ ...target.clientConfig(), forcePathStyle: true }));
  const bucket = `exports-${process.pid}`;
  beforeAll(async () => {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  });
  return {
    s3,
    bucket,
    createRecoverable: async (): Promise<{ name: string; arn: string }> => {
      const name = await createTable(client);
      await target.clock.advance(SECOND_MS - (target.clock.now() % SECOND_MS));
      await recoverable(client, name);
      return { name, arn: (await describeTable(client, name))?.TableArn ?? "" };
    },
    begin: (TableArn: string, input: Partial<ExportTableToPointInTimeCommandInput> = {}) =>
      beginExport(client, { TableArn, S3Bucket: bucket, ...input }),
  };
}

export const beginExport = async (client: DynamoDBClient, input: ExportTableToPointInTimeCommandInput) =>
  (await client.send(new ExportTableToPointInTimeCommand(input))).ExportDescription;

export const exported = (client: DynamoDBClient, ExportArn: string | undefined): Promise<ExportDescription> =>
  eventually("the end of an export", async () => {
    const { ExportDescription } = await client.send(new DescribeExportCommand({ ExportArn }));
    return ExportDescription?.ExportStatus === "IN_PROGRESS" ? undefined : ExportDescription;
  });

export type ImportOptions = Partial<ImportTableCommandInput> & {
  readonly table?: Partial<ImportTableCommandInput["TableCreationParameters"]>;
};

/** Begins an import of JSON into a table that is on demand and has a partition key `pk`, unless said. */
export const beginImport = async (
  client: DynamoDBClient,
  S3Bucket: string,
  S3KeyPrefix: string,
  { table, ...options }: ImportOptions = {},
) =>
  (
    await client.send(
      new ImportTableCommand({
        S3BucketSource: { S3Bucket, S3KeyPrefix },
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

export const imported = (client: DynamoDBClient, ImportArn: string | undefined): Promise<ImportTableDescription> =>
  eventually("the end of an import", async () => {
    const { ImportTableDescription } = await client.send(new DescribeImportCommand({ ImportArn }));
    return ImportTableDescription?.ImportStatus === "IN_PROGRESS" ? undefined : ImportTableDescription;
  });

export async function objectOf(s3: S3Client, Bucket: string, Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

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
export async function dataOf(
  s3: S3Client,
  Bucket: string,
  manifest: string,
): Promise<{ files: ManifestLine[]; lines: Record<string, unknown>[] }> {
  const summary = JSON.parse((await objectOf(s3, Bucket, manifest)).toString()) as { manifestFilesS3Key: string };
  const files = jsonLines<ManifestLine>((await objectOf(s3, Bucket, summary.manifestFilesS3Key)).toString());
  const lines: Record<string, unknown>[] = [];
  for (const { dataFileS3Key } of files) {
    lines.push(...jsonLines<Record<string, unknown>>(gunzipSync(await objectOf(s3, Bucket, dataFileS3Key)).toString()));
  }
  return { files, lines };
}
