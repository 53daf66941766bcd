import type { OutputOf } from "../../../emulator/model/sdk.ts";
import type { ExportJob } from "./model.ts";

type Description = NonNullable<OutputOf<"dynamodb", "DescribeExport">["ExportDescription"]>;
type Summary = NonNullable<OutputOf<"dynamodb", "ListExports">["ExportSummaries"]>[number];

export const exportSummary = ({ arn, status, period }: ExportJob): Summary => ({
  ExportArn: arn,
  ExportStatus: status,
  ExportType: period === undefined ? "FULL_EXPORT" : "INCREMENTAL_EXPORT",
});

export function exportDescription(job: ExportJob): Description {
  const { input, period, result, failure, clientToken } = job;
  const { S3BucketOwner, S3Prefix, S3SseKmsKeyId, ExportType } = input;
  return {
    ExportArn: job.arn,
    ExportStatus: job.status,
    StartTime: new Date(job.startedAt),
    ...(job.endedAt !== undefined && { EndTime: new Date(job.endedAt) }),
    TableArn: job.tableArn,
    TableId: job.tableId,
    ...(job.exportTime !== undefined && { ExportTime: new Date(job.exportTime) }),
    ...(clientToken !== undefined && { ClientToken: clientToken }),
    S3Bucket: input.S3Bucket,
    ...(S3BucketOwner !== undefined && { S3BucketOwner }),
    ...(S3Prefix !== undefined && { S3Prefix }),
    S3SseAlgorithm: input.S3SseAlgorithm ?? "AES256",
    ...(S3SseKmsKeyId !== undefined && { S3SseKmsKeyId }),
    ExportFormat: input.ExportFormat ?? "DYNAMODB_JSON",
    ...(ExportType !== undefined && { ExportType }),
    ...(period !== undefined && {
      IncrementalExportSpecification: {
        ExportFromTime: new Date(period.from),
        ExportToTime: new Date(period.to),
        ExportViewType: period.view,
      },
    }),
    ...(result !== undefined && {
      ExportManifest: result.manifestKey,
      ItemCount: result.itemCount,
      BilledSizeBytes: result.billedSizeBytes,
    }),
    ...(failure !== undefined && { FailureCode: failure.code, FailureMessage: failure.message }),
  };
}
