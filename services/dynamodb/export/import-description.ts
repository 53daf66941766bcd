import type { OutputOf } from "../../../emulator/model/sdk.ts";
import type { ImportJob } from "./model.ts";

type Description = NonNullable<OutputOf<"dynamodb", "DescribeImport">["ImportTableDescription"]>;
type Summary = NonNullable<OutputOf<"dynamodb", "ListImports">["ImportSummaryList"]>[number];

export const LOG_GROUP = "/aws-dynamodb/imports";

const logGroupArn = (tableArn: string): string => {
  const [, , , region = "", account = ""] = tableArn.split(":");
  return `arn:aws:logs:${region}:${account}:log-group:${LOG_GROUP}:*`;
};

const source = ({ input, tableArn }: ImportJob) => ({
  ...input.S3BucketSource,
  S3BucketOwner: input.S3BucketSource.S3BucketOwner ?? tableArn.split(":")[4] ?? "",
});

export const importSummary = (job: ImportJob): Summary => ({
  ImportArn: job.arn,
  ImportStatus: job.status,
  TableArn: job.tableArn,
  S3BucketSource: source(job),
  CloudWatchLogGroupArn: logGroupArn(job.tableArn),
  InputFormat: job.input.InputFormat,
  StartTime: new Date(job.startedAt),
  ...(job.endedAt !== undefined && { EndTime: new Date(job.endedAt) }),
});

export function importDescription(job: ImportJob): Description {
  const { input, counts, failure, clientToken } = job;
  return {
    ...importSummary(job),
    TableId: job.tableId,
    ...(clientToken !== undefined && { ClientToken: clientToken }),
    ...(input.InputFormatOptions !== undefined && { InputFormatOptions: input.InputFormatOptions }),
    InputCompressionType: input.InputCompressionType ?? "NONE",
    TableCreationParameters: input.TableCreationParameters,
    ErrorCount: counts?.errors ?? 0,
    // a zero is told of an import only that has completed without anything to read
    ...(counts !== undefined &&
      (counts.processedBytes > 0 || job.status === "COMPLETED") && { ProcessedSizeBytes: counts.processedBytes }),
    ProcessedItemCount: counts?.processedItems ?? 0,
    ImportedItemCount: counts?.importedItems ?? 0,
    ...(failure !== undefined && { FailureCode: failure.code, FailureMessage: failure.message }),
  };
}
